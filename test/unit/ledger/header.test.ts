import { TypeRegistry } from '@polkadot/types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashedHeader } from '../../../core/ledger/substrate/proofs/header.js';

describe('a header', () => {
  const hash = fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`);
  const item = fc.tuple(fc.constantFrom('PreRuntime', 'Consensus', 'Seal'), fc.uint8Array({ maxLength: 80 }));

  it('has the hash that @polkadot/types gives it, whatever its digest', () => {
    const registry = new TypeRegistry();
    fc.assert(
      fc.property(
        hash,
        hash,
        hash,
        fc.nat(2 ** 32 - 1),
        fc.array(item),
        (parentHash, stateRoot, extrinsicsRoot, number, items) => {
          const logs = items.map(([kind, bytes]) =>
            registry
              .createType('DigestItem', { [kind]: ['0x42414245', `0x${Buffer.from(bytes).toString('hex')}`] })
              .toHex(),
          );
          const json = {
            parentHash,
            number: `0x${number.toString(16)}`,
            stateRoot,
            extrinsicsRoot,
            digest: { logs },
          };
          const theirs = registry.createType('Header', { ...json, number });
          expect(hashedHeader(json)).toMatchObject({ hash: theirs.hash.toHex(), number, parentHash });
        },
      ),
    );
  });

  it.each([null, 7, '0x', {}, { number: '0x1' }, []])('is none: %j', (answer) => {
    expect(hashedHeader(answer)).toBeUndefined();
  });

  it('is none with a part of the wrong form', () => {
    const root = `0x${'11'.repeat(32)}`;
    const good = {
      parentHash: root,
      number: '0x1',
      stateRoot: root,
      extrinsicsRoot: root,
      digest: { logs: ['0x00'] },
    };
    expect(hashedHeader(good)).toBeDefined();
    for (const change of [
      { number: '-1' },
      { number: '1.5' },
      { stateRoot: '0x11' },
      { parentHash: undefined },
      { digest: undefined },
      { digest: { logs: ['zz'] } },
    ]) {
      expect(hashedHeader({ ...good, ...change })).toBeUndefined();
    }
  });
});
