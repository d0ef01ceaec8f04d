import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ComingError } from '../../../core/errors.js';
import { isName } from '../../../core/identity/index.js';
import { parseEntryText, writeEntryText, type LogEntry } from '../../../core/identity/log-entries.js';
import type { AddEntry } from '../../../core/identity/log-text.js';
import { identityKey } from '../../support/accounts.js';

const ENTRY: AddEntry = {
  kind: 'add',
  account: new Uint8Array(32).fill(7),
  index: 1,
  previous: new Uint8Array(32).fill(9),
  deviceId: 2,
  name: 'Phone of Ada',
  identityKey: identityKey(3),
  origin: 'https://shop.example',
  relays: ['wss://relay.example/', 'ws://127.0.0.1:8080/path'],
  validFrom: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
};

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const host = fc.domain();
const port = fc.constantFrom('', ':8080', ':4443');
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter(isName);
const link = { account: bytes(32), index: fc.nat(699), previous: bytes(32) };
const subject = {
  ...link,
  deviceId: fc.integer({ min: 1, max: 127 }),
  name,
  origin: fc.oneof(
    fc
      .tuple(fc.constantFrom('http', 'https'), host, port)
      .map(([scheme, at, on]) => `${scheme}://${at}${on}`),
    fc.stringMatching(/^app:[a-z0-9][a-z0-9.-]{0,20}$/),
  ),
};
const addition = {
  ...subject,
  identityKey: bytes(32).map((raw) => Uint8Array.of(5, ...raw)),
  relays: fc.array(
    fc
      .tuple(fc.constantFrom('ws', 'wss'), host, port)
      .map(([scheme, name, at]) => `${scheme}://${name}${at}/`),
    { maxLength: 8 },
  ),
  validFrom: fc.integer({ min: 0, max: Date.UTC(10000, 0, 1) - 1 }),
};
const confirmed = fc.oneof(
  fc.constant({ confirmedBy: undefined, confirmation: undefined }),
  fc.record({ confirmedBy: fc.integer({ min: 1, max: 127 }), confirmation: bytes(64) }),
);
const kind = <Kind extends string>(value: Kind) => fc.constant(value);
const entry: fc.Arbitrary<LogEntry> = fc
  .oneof(
    fc.record({ kind: kind('add'), ...addition }),
    fc.tuple(fc.record({ kind: kind('add-full'), ...addition }), confirmed).map(([a, b]) => ({ ...a, ...b })),
    fc.record({ kind: kind('rename'), ...subject, formerName: name }),
    fc.record({ kind: kind('revoke'), ...subject }),
    fc.tuple(fc.record({ kind: kind('grant'), ...subject }), confirmed).map(([a, b]) => ({ ...a, ...b })),
    fc.record({
      kind: kind('repair'),
      ...link,
      dropped: fc.array(bytes(32), { minLength: 1, maxLength: 8 }),
    }),
  )
  .map((fields) => ({ ...fields, previous: fields.index === 0 ? undefined : fields.previous }));

/** `refused` when refused as it should be; the error itself when it is refused in any other way. */
function outcome<T>(work: () => T): T | 'refused' {
  try {
    return work();
  } catch (error) {
    if (error instanceof ComingError && error.code === 'invalid-log-entry') return 'refused';
    throw error;
  }
}

/** Reads what must be an entry that adds a device. */
const reread = (changes: Partial<AddEntry>) =>
  parseEntryText(writeEntryText({ ...ENTRY, ...changes })) as AddEntry;
const write = (changes: Partial<AddEntry>) => outcome(() => writeEntryText({ ...ENTRY, ...changes }));

describe("a device-log entry's text", () => {
  it('is what a person reads in the wallet', () => {
    expect(writeEntryText(ENTRY)).toMatchInlineSnapshot(`
      "Coming device log: add a device that can read your messages on https://shop.example

      Coming ID: 5PoEoB4Zs16GGaSSxRC4LRMRWZfYgcqjDEBc3YzrCShRfS1u
      Entry: 1
      Previous entry: 0909090909090909090909090909090909090909090909090909090909090909
      Device: 2
      Name: Phone of Ada
      Identity key: 050303030303030303030303030303030303030303030303030303030303030303
      Relays: wss://relay.example/ ws://127.0.0.1:8080/path
      Valid from: 2026-01-02T03:04:05.006Z"
    `);
  });

  it('has a first line of its own for every kind, and names what the rules check', () => {
    const {
      account,
      index,
      previous,
      deviceId,
      name: said,
      origin,
      identityKey: key,
      relays,
      validFrom,
    } = ENTRY;
    const about = { account, index, previous, deviceId, name: said, origin };
    const signed = { confirmedBy: 1, confirmation: new Uint8Array(64).fill(0xcc) };
    const texts = [
      { kind: 'add-full', ...about, identityKey: key, relays, validFrom, ...signed } as const,
      { kind: 'rename', ...about, formerName: 'Old phone' } as const,
      { kind: 'revoke', ...about } as const,
      { kind: 'grant', ...about, confirmedBy: undefined, confirmation: undefined } as const,
      { kind: 'repair', account, index, previous, dropped: [previous!, account] } as const,
    ].map((one) =>
      writeEntryText(one).split('\n\nComing ID: 5PoEoB4Zs16GGaSSxRC4LRMRWZfYgcqjDEBc3YzrCShRfS1u\n'),
    );
    expect(texts.map(([first]) => first)).toEqual([
      'Coming device log: add a device that can read ALL your messages, made on https://shop.example',
      'Coming device log: rename a device made on https://shop.example',
      'Coming device log: remove a device made on https://shop.example',
      'Coming device log: let a device read ALL your messages, made on https://shop.example',
      'Coming device log: repair a list that split in two',
    ]);
    const place = `Entry: 1\nPrevious entry: ${'09'.repeat(32)}\n`;
    expect(texts.map(([, rest]) => rest!.replace(place, ''))).toEqual([
      `Device: 2\nName: Phone of Ada\nIdentity key: 05${'03'.repeat(32)}\nRelays: wss://relay.example/ ` +
        'ws://127.0.0.1:8080/path\nValid from: 2026-01-02T03:04:05.006Z\nConfirmed by device: 1\n' +
        `Confirmation: ${'cc'.repeat(64)}`,
      'Device: 2\nName: Phone of Ada\nFormer name: Old phone',
      'Device: 2\nName: Phone of Ada',
      'Device: 2\nName: Phone of Ada\nConfirmed by device: none\nConfirmation: none',
      `Dropped entries: ${'09'.repeat(32)} ${'07'.repeat(32)}`,
    ]);
  });

  it('reads back as what was written', () => {
    fc.assert(
      fc.property(entry, (fields) => {
        expect(parseEntryText(writeEntryText(fields))).toEqual(fields);
      }),
    );
  });

  it('is written in one way only: any other text that reads at all is the very same text', () => {
    const change = fc.record({
      at: fc.nat(800),
      remove: fc.nat(3),
      insert: fc.oneof(
        fc.string({ maxLength: 3 }),
        fc.constantFrom('\n', '\r', '\u2028', '\u202e', ' ', '0', '00', 'none', '\ud800', '\u0130', '\u212a'),
      ),
    });
    fc.assert(
      fc.property(entry, change, (fields, { at, remove, insert }) => {
        const text = writeEntryText(fields);
        const start = at % text.length;
        const mutated = text.slice(0, start) + insert + text.slice(start + remove);
        const read = outcome(() => parseEntryText(mutated));
        if (read !== 'refused') expect(writeEntryText(read)).toBe(mutated);
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused with lines missing, doubled, swapped or added', () => {
    const lines = writeEntryText(ENTRY).split('\n');
    lines.forEach((line, at) => {
      const changed = [
        lines.toSpliced(at, 1),
        lines.toSpliced(at, 0, line),
        lines.toSpliced(at, 0, ''),
        lines.with(at, `${line} `),
        lines.with(at, `${line}\r`),
        lines.with(at, line.toUpperCase()),
        ...(at > 0 ? [lines.with(at, lines[at - 1]!).with(at - 1, line)] : []),
      ];
      for (const variant of changed) {
        const text = variant.join('\n');
        if (text !== lines.join('\n')) expect(outcome(() => parseEntryText(text))).toBe('refused');
      }
    });
    expect(outcome(() => parseEntryText(`${lines.join('\n')}\n`))).toBe('refused');
    expect(outcome(() => parseEntryText(`<Bytes>${lines.join('\n')}</Bytes>`))).toBe('refused');
  });

  it('has no second way to write a number, a time, a key or an address', () => {
    const text = writeEntryText(ENTRY);
    const variants = [
      text.replace('Entry: 1', 'Entry: 01'),
      text.replace('Entry: 1', 'Entry: +1'),
      text.replace('Device: 2', 'Device: 02'),
      text.replace('Device: 2', 'Device: ٢'),
      text.replace('.006Z', 'Z'),
      text.replace('.006Z', '.006+00:00'),
      text.replace('2026-01-02', '2026-01-32'),
      text.replace('2026-01-02', '+002026-01-02'),
      text.replaceAll('0303', '0303'.toUpperCase()).replace('0909', '09 09'),
      text.replace('wss://relay.example/', 'wss://relay.example'),
      text.replace('wss://relay.example/', 'WSS://relay.example/'),
      text.replace('wss://relay.example/', 'wss://relay.example:443/'),
      text.replace('https://shop.example', 'https://shop.example/'),
      text.replace('https://shop.example', 'https://shop.example:443'),
    ];
    for (const variant of variants) {
      expect(variant).not.toBe(text);
      expect(outcome(() => parseEntryText(variant))).toBe('refused');
    }
  });

  it('refuses any text with the same error, however long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(outcome(() => parseEntryText(text))).toBe('refused');
      }),
    );
    expect(outcome(() => parseEntryText(writeEntryText(ENTRY) + 'x'.repeat(1_000_000)))).toBe('refused');
  });

  it('refuses with the same error whatever stands below the first line of any kind', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.tuple(entry, fc.nat(12)).map(([fields, at]) => writeEntryText(fields).split('\n')[at] ?? ''),
    );
    const first = entry.map((fields) => writeEntryText(fields).split('\n')[0]!);
    fc.assert(
      fc.property(first, fc.array(line, { maxLength: 14 }), (start, lines) => {
        const text = [start, ...lines].join('\n');
        const read = outcome(() => parseEntryText(text));
        if (read !== 'refused') expect(writeEntryText(read)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a confirmation of nobody, and somebody who confirms nothing', () => {
    const { account, index, previous, deviceId, name: said, origin } = ENTRY;
    const grant = { kind: 'grant', account, index, previous, deviceId, name: said, origin } as const;
    const confirmation = new Uint8Array(64);
    const text = writeEntryText({ ...grant, confirmedBy: 1, confirmation });
    expect(parseEntryText(text)).toMatchObject({ confirmedBy: 1 });
    expect(outcome(() => parseEntryText(text.replace('by device: 1', 'by device: none')))).toBe('refused');
    expect(outcome(() => parseEntryText(text.replace('00'.repeat(64), 'none')))).toBe('refused');
    expect(outcome(() => writeEntryText({ ...grant, confirmedBy: 1, confirmation: undefined }))).toBe(
      'refused',
    );
  });

  it('holds no name that could change what the prompt shows', () => {
    const hostile = [
      '',
      ' ',
      ' leading',
      'trailing ',
      'two\nlines',
      'two\r\nlines',
      'line\u2028separator',
      'paragraph\u2029separator',
      'tab\tbed',
      'nul\0',
      'escape\u001b[31m',
      'override\u202etxt.exe',
      'isolate\u2066\u2069',
      'mark\u200f',
      'arabic mark\u061c',
      'zero\u200bwidth',
      'byte\ufefforder',
      'lone\ud800surrogate',
      // Drawn as nothing.
      '\u3164',
      '\u115f\u1160',
      '\uffa0',
      '\u2800',
      '\u034f',
      '\u200d',
      '\u200c\ufe0f',
      '\u{e0041}',
      'private\ue000',
      'x'.repeat(65),
    ];
    for (const name of hostile) {
      expect(isName(name)).toBe(false);
      expect(write({ name })).toBe('refused');
    }
    for (const name of [
      'x',
      'Ada’s phone',
      'Телефон',
      '手机',
      'هاتف',
      '📱',
      '👩‍💻 ❤️',
      'می‌خواهم',
      'x'.repeat(64),
      'Relays: none',
    ]) {
      expect(reread({ name }).name).toBe(name);
    }
  });

  it('holds no origin but a plain one', () => {
    const hostile = [
      '',
      'null',
      'shop.example',
      'https://',
      'https://shop.example/path',
      'https://shop.example?query',
      'https://shop.example#fragment',
      'https://user:password@shop.example',
      'https://user@shop.example',
      'https://SHOP.example',
      'https://шоп.example',
      'https://shop.example\nComing ID: x',
      'https://shop.example ',
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'app:',
      'app:UPPER',
      'app:a b',
      'app:a\n',
      `app:${'a'.repeat(65)}`,
      `https://${'a'.repeat(250)}.example`,
    ];
    for (const origin of hostile) expect(write({ origin })).toBe('refused');
    for (const origin of [
      'http://localhost:5173',
      'https://xn--e1aybc.example',
      'app:bot',
      'http://[::1]:80'.slice(0, -3),
    ]) {
      expect(reread({ origin }).origin).toBe(origin);
    }
  });

  it('holds no relay but a plain WebSocket address', () => {
    const hostile = [
      '',
      'none',
      'wss://relay.example', // not the form that URLs are written in
      'https://relay.example/',
      'wss://user:password@relay.example/',
      'wss://user@relay.example/',
      'wss://relay.example/?token=1',
      'wss://relay.example/?',
      'wss://relay.example/#fragment',
      'wss://relay.example/#',
      'wss://relay.example/ wss://evil.example/',
      'wss://relay.example/\nValid from: x',
      'wss://relay.example/\u202e',
      'wss://RELAY.example/',
      `wss://relay.example/${'a'.repeat(250)}`,
    ];
    for (const relay of hostile) {
      expect(write({ relays: [relay] }), relay).toBe('refused');
      expect(write({ relays: ['wss://relay.example/', relay] }), relay).toBe('refused');
    }
    expect(write({ relays: new Array<string>(9).fill('wss://relay.example/') })).toBe('refused');
    expect(reread({ relays: [] }).relays).toEqual([]);
  });

  it('holds no number, key or time out of range', () => {
    const refused: Partial<AddEntry>[] = [
      { index: -1 },
      { index: 1.5 },
      { index: 700 },
      { index: 0 }, // with a previous entry
      { previous: undefined }, // without one, but not the first
      { previous: new Uint8Array(31) },
      { deviceId: 0 },
      { deviceId: 128 },
      { deviceId: 1.5 },
      { deviceId: Number.NaN },
      { identityKey: identityKey(1).slice(1) },
      { identityKey: new Uint8Array(33) }, // another type of key
      { validFrom: -1 },
      { validFrom: 0.5 },
      { validFrom: Number.NaN },
      { validFrom: Number.MAX_SAFE_INTEGER },
    ];
    for (const changes of refused) expect(write(changes)).toBe('refused');
  });
});
