// What is put in place of packages that are too heavy for a page. Used by the build, Storybook and the browser tests.
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Package name -> path of our stand-in. */
export const aliases = {
  '@polkadot/util-crypto': here('../components/wallet/util-crypto-shim.ts'),
  // protobufjs reads 64-bit fields into it; all arithmetic is done with bigint, in proto/int64.ts.
  long: here('../proto/long-shim.ts'),
};

/** A Vite plugin that aliases only where the wallet extension's package imports: tests use the real one beside it. */
export function aliasesForVite() {
  return {
    name: 'coming-aliases',
    enforce: 'pre',
    resolveId: (id, importer) => (importer?.includes('@polkadot/extension-dapp') ? aliases[id] : undefined),
  };
}

/** Parts of protobufjs that static code for our messages never calls: RPC, events, base64 text, floating point. */
const UNUSED = new Set(['./rpc', './aspromise', './base64', './eventemitter', './float']);
const NOTHING = '\0coming-nothing';

/** A rollup plugin that leaves them out of bundles: a twelfth of what a chat would load of protobufjs and its codecs. */
export function withoutUnusedProtobuf() {
  return {
    name: 'coming-protobuf',
    resolveId: (id, importer) =>
      UNUSED.has(id) && importer?.includes('/protobufjs/src/') ? NOTHING : undefined,
    load: (id) => (id === NOTHING ? 'export default {};' : undefined),
  };
}

// A device writes these and a relay those; neither reads its own.
const WRITTEN_BY_DEVICE = [
  ...[
    'ReadLog',
    'AppendLog',
    'Authenticate',
    'PublishKeys',
    'CountKeys',
    'ClaimKeys',
    'Send',
    'OutgoingEnvelope',
  ],
  ...['Acknowledge', 'Ping'],
];
const WRITTEN_BY_RELAY = [
  ...[
    'Response',
    'Challenge',
    'Authenticated',
    'LogState',
    'KeyCounts',
    'ClaimedKeys',
    'KeyBundle',
    'Deliver',
  ],
  ...['Envelope', 'QueueEmpty', 'KeysLow'],
];

/** A rollup plugin that leaves the relay's half of the relay's codecs out of bundles for devices. */
export function withoutRelaysHalf() {
  return {
    name: 'coming-relay-half',
    transform(code, id) {
      if (!id.endsWith('/proto/gen/relay.js')) return undefined;
      let half = code;
      const drop = (message, direction) => {
        const before = half;
        half = half.replace(
          new RegExp(`\\n {8}${message}\\.${direction} = function[\\s\\S]*?\\n {8}\\};`),
          '',
        );
        if (half === before) throw new Error(`proto/gen/relay.js has no ${message}.${direction}`);
      };
      for (const message of WRITTEN_BY_DEVICE) drop(message, 'decode');
      for (const message of WRITTEN_BY_RELAY) drop(message, 'encode');
      return { code: half, map: null };
    },
  };
}
