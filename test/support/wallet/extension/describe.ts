/**
 * What a prompt shows: the same facts as the extension's own, read with the same decoder.
 *
 * @module
 */
import type {
  AuthorizeRequest,
  MetadataRequest,
  SigningRequest,
} from '@polkadot/extension-base/background/types';
import { metadataExpand } from '@polkadot/extension-chains';
import type { MetadataDef } from '@polkadot/extension-inject/types';
import { TypeRegistry } from '@polkadot/types';
import type { Call, ExtrinsicPayload } from '@polkadot/types/interfaces';
import type { SignerPayloadJSON, SignerPayloadRaw } from '@polkadot/types/types';
import { hexToU8a, isHex, u8aToString, u8aUnwrapBytes } from '@polkadot/util';

/** Label -> what is written beside it. */
export type Shown = Record<string, string>;

export function describeAccess({ url, request }: AuthorizeRequest): Shown {
  return { From: url, Application: request.origin };
}

export function describeMetadata({ url, request }: MetadataRequest): Shown {
  const { chain, genesisHash, specVersion, tokenSymbol, tokenDecimals } = request;
  return {
    From: url,
    Chain: chain,
    Genesis: genesisHash,
    Version: String(specVersion),
    Symbol: `${tokenSymbol}, ${tokenDecimals} decimals`,
  };
}

export function isTransaction({ payload }: SigningRequest['request']): boolean {
  return 'genesisHash' in payload;
}

/** @param definition - of the transaction's chain, when its owner let the wallet know it */
export function describeSigning(
  { account, url, request }: SigningRequest,
  definition: MetadataDef | null,
): Shown {
  const { payload } = request;
  return {
    Account: `${String(account['name'])}, ${account.address}`,
    From: url,
    ...('genesisHash' in payload ? transaction(payload, definition) : text(payload)),
  };
}

function text({ data }: SignerPayloadRaw): Shown {
  return { Bytes: isHex(data) ? u8aToString(u8aUnwrapBytes(hexToU8a(data))) : data };
}

function transaction(payload: SignerPayloadJSON, definition: MetadataDef | null): Shown {
  const registry = new TypeRegistry();
  registry.setSignedExtensions(payload.signedExtensions);
  const { version, genesisHash } = payload;
  const { era, nonce } = registry.createType('ExtrinsicPayload', payload, { version }) as ExtrinsicPayload;
  const from = Number(payload.blockNumber);
  return {
    ...(definition ? { Chain: definition.chain } : { Genesis: genesisHash }),
    Version: String(Number(payload.specVersion)),
    Nonce: nonce.toString(),
    ...method(payload.method, definition),
    Lifetime: era.isMortalEra
      ? `mortal, valid from ${era.asMortalEra.birth(from)} to ${era.asMortalEra.death(from)}`
      : 'immortal',
  };
}

function method(data: string, definition: MetadataDef | null): Shown {
  if (!definition) return { 'Method data': data };
  const call = metadataExpand(definition).registry.createType('Call', data) as Call;
  return {
    Method: `${call.section}.${call.method}`,
    Arguments: JSON.stringify((call.toHuman() as { args: unknown }).args),
  };
}
