import { bytesToHex } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ComingError } from '../../../core/errors.js';
import {
  checkText,
  cleanNote,
  cleanPetname,
  decodeContent,
  encodeContent,
  MAX_RECEIPT_IDS,
  MAX_TEXT_BYTES,
  type Content,
  type Received,
} from '../../../core/messaging/content.js';
import { isEmoji, MAX_PICTURE_BYTES, MAX_TIMER } from '../../../core/messaging/kind-content.js';
import { content as wire } from '../../../proto/gen/content.js';
import { toTime, toUint64 } from '../../../proto/int64.js';

const BLOCK = 160;
const LAST_DATE = 8.64e15;
const ID = new Uint8Array(16).fill(1);
const ORIGIN = 'https://shop.example';

const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => bytesToHex(bytes));
const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter(isSendable);
const hex32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytesToHex(bytes));
const hash = hex32.map((digits) => `0x${digits}`);
const payment = fc.record({
  genesis: hash,
  asset: fc
    .tuple(hex32, fc.constantFrom('xassets:1', 'balances:0', 'erc-20:a.b%20C'))
    .map(([chain, name]) => `polkadot:${chain.slice(32)}/${name}`),
  amount: fc.bigInt({ min: 1n, max: 2n ** 128n - 1n }),
  from: hex32,
  to: hex32,
  place: fc.record({ block: hash, extrinsic: fc.integer({ min: 0, max: 2 ** 32 - 1 }), hash }),
});
const reference = fc.record({ id, own: fc.boolean() });
const signed = fc.record({
  scheme: fc.constantFrom('ed25519' as const, 'sr25519' as const, 'ecdsa' as const),
  signature: fc.uint8Array({ minLength: 64, maxLength: 65 }),
});
const body: fc.Arbitrary<Content['body']> = fc.oneof(
  text.map((value) => ({ kind: 'text' as const, text: value })),
  fc.record({
    kind: fc.constant('text' as const),
    text,
    replyTo: fc.option(reference, { nil: undefined }),
    expiresAfter: fc.option(fc.integer({ min: 1, max: MAX_TIMER }), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('reaction' as const),
    target: reference,
    emoji: fc.constantFrom('', '👍', '❤️', '👩🏻‍❤️‍💋‍👨🏿', '🇦🇹', '3️⃣', '🏴󠁧󠁢󠁷󠁬󠁳󠁿'),
  }),
  fc.record({ kind: fc.constant('edit' as const), id, text }),
  fc.record({ kind: fc.constant('deletion' as const), id }),
  fc.record({ kind: fc.constant('typing' as const), active: fc.boolean() }),
  fc.record({ kind: fc.constant('timer' as const), seconds: fc.integer({ min: 0, max: MAX_TIMER }) }),
  fc.record({
    kind: fc.constant('profile' as const),
    version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    name: fc.string({ unit: 'grapheme', maxLength: 20 }).filter((name) => [...name].length <= 64),
    picture: fc.option(fc.uint8Array({ minLength: 1, maxLength: 300 }), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('receipt' as const),
    receipt: fc.constantFrom('delivered' as const, 'read' as const, 'paid' as const),
    contentIds: fc.array(id, { minLength: 1, maxLength: 20 }),
  }),
  fc.record({ kind: fc.constant('payment' as const), fallback: text, payment }),
  fc.tuple(text, signed, signed).map(([statement, from, to]) => ({
    kind: 'hand-over' as const,
    statement: { text: statement, from: { ...from, text: statement }, to: { ...to, text: statement } },
  })),
  fc.record({
    kind: fc.constant('sent-copy' as const),
    peer: hex32,
    content: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  }),
  fc.record({
    kind: fc.constant('read-on-other' as const),
    peer: hex32,
    contentIds: fc.array(id, { minLength: 1, maxLength: 20 }),
  }),
  fc.record(
    {
      kind: fc.constant('contact-state' as const),
      peer: hex32,
      petname: fc.string({ unit: 'grapheme' }).map(cleanPetname),
      blocked: fc.boolean(),
      accepted: fc.constant(true),
      note: fc.string({ unit: 'grapheme' }).map(cleanNote),
    },
    { requiredKeys: ['kind', 'peer'] },
  ),
  fc.oneof(text, fc.constant('')).map((fallback) => ({ kind: 'unknown' as const, fallback })),
);
const anyContent: fc.Arbitrary<Content> = fc.record({
  id,
  sentAt: fc.integer({ min: 0, max: LAST_DATE }),
  body,
});

function isSendable(value: string): boolean {
  try {
    return checkText(value) !== '';
  } catch {
    return false;
  }
}

/** The content, or the code with which the bytes are refused; any other error is thrown. */
function read(bytes: Uint8Array): Received | string {
  try {
    return decodeContent(bytes);
  } catch (error) {
    if (error instanceof ComingError) return error.code;
    throw error;
  }
}

function pad(bytes: Uint8Array, zeros = 0): Uint8Array {
  return Uint8Array.of(...bytes, 0x80, ...new Uint8Array(zeros));
}

const written = (content: wire.Content.$Properties) =>
  wire.Content.encode({ origin: ORIGIN, ...content } as never).finish();
const ofLength = (length: number) =>
  encodeContent({ id: bytesToHex(ID), sentAt: 1, body: { kind: 'text', text: 'x'.repeat(length) } }, ORIGIN);

describe('a content', () => {
  it('reads back as what was written', () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        expect(decodeContent(encodeContent(content, ORIGIN))).toEqual({ ...content, origin: ORIGIN });
      }),
    );
  });

  it('is refused with a time that no date can hold', () => {
    for (const sentAt of [LAST_DATE + 1, Number.MAX_SAFE_INTEGER]) {
      const late = written({ id: ID, sentAt: toTime(sentAt), text: { text: 'hello' } });
      expect(read(pad(late))).toBe('malformed-content');
    }
  });

  it('says by its length only how many blocks it needs', () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        expect(encodeContent(content, ORIGIN).length % BLOCK).toBe(0);
      }),
    );
    const lengths = Array.from({ length: 95 }, (_, n) => ofLength(n + 1).length);
    expect(new Set(lengths)).toEqual(new Set([BLOCK]));
    expect(new Set(Array.from({ length: 500 }, (_, n) => ofLength(n + 1).length)).size).toBe(4);
  });

  it('whose bytes just fill a block gets one more for the padding', () => {
    for (let length = 1; length < 2 * BLOCK; length += 1) {
      const bytes = ofLength(length);
      expect(read(bytes)).toMatchObject({ body: { text: 'x'.repeat(length) } });
    }
  });

  it('is refused with one code, whatever the bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.uint8Array({ maxLength: 200 }).map((raw) => pad(raw, 7)),
    );
    fc.assert(
      fc.property(bytes, (raw) => {
        const content = read(raw);
        if (typeof content === 'string') expect(content).toBe('malformed-content');
        else expect(content.id).toMatch(/^[0-9a-f]{32}$/);
      }),
      { numRuns: 500 },
    );
  });

  it('that was bent anywhere is refused with that code or is another content, never another error', () => {
    fc.assert(
      fc.property(anyContent, fc.nat(), fc.integer({ min: 1, max: 255 }), (content, at, flip) => {
        const bytes = encodeContent(content, ORIGIN);
        bytes[at % bytes.length]! ^= flip;
        const bent = read(bytes);
        if (typeof bent === 'string') expect(bent).toBe('malformed-content');
      }),
      { numRuns: 500 },
    );
  });

  it('needs an origin', () => {
    for (const origin of ['', 'shop.example', 'https://shop.example/', 'app:', 'javascript:1']) {
      expect(read(pad(written({ id: ID, text: { text: 'hello' }, origin })))).toBe('malformed-content');
    }
    expect(read(pad(written({ id: ID, text: { text: 'hello' }, origin: 'app:bot' })))).toMatchObject({
      origin: 'app:bot',
    });
  });

  it('needs its padding', () => {
    const bytes = written({ id: ID, text: { text: 'hello' } });
    expect(read(pad(bytes))).toMatchObject({ body: { kind: 'text', text: 'hello' } });
    expect(read(pad(bytes, 1000))).toMatchObject({ body: { kind: 'text', text: 'hello' } });
    for (const bare of [
      bytes,
      new Uint8Array(),
      new Uint8Array(160),
      Uint8Array.of(0x80),
      pad(bytes).fill(1, -1),
    ]) {
      expect(read(bare)).toBe('malformed-content');
    }
  });

  it.each<[string, wire.Content.$Properties]>([
    ['no id', { text: { text: 'x' } }],
    ['an id of another length', { id: ID.slice(1), text: { text: 'x' } }],
    ['a time out of range', { id: ID, sentAt: toUint64(1n << 60n), text: { text: 'x' } }],
    ['an empty text', { id: ID, text: {} }],
    ['a blank text', { id: ID, text: { text: ' \n ' } }],
    ['too long a text', { id: ID, text: { text: 'x'.repeat(MAX_TEXT_BYTES + 1) } }],
    ['too long a fallback', { id: ID, fallback: 'x'.repeat(MAX_TEXT_BYTES + 1) }],
    ['a receipt of no kind', { id: ID, receipt: { contentIds: [ID] } }],
    ['a receipt of an unknown kind', { id: ID, receipt: { kind: 9 as never, contentIds: [ID] } }],
    ['a receipt for nothing', { id: ID, receipt: { kind: 1, contentIds: [] } }],
    [
      'a receipt for an id of another length',
      { id: ID, receipt: { kind: 1, contentIds: [ID, ID.slice(1)] } },
    ],
    [
      'a receipt for too much',
      { id: ID, receipt: { kind: 1, contentIds: new Array<Uint8Array>(MAX_RECEIPT_IDS + 1).fill(ID) } },
    ],
    ['an answer to no id', { id: ID, text: { text: 'x', replyTo: { own: true } } }],
    ['a text that stays for more than a year', { id: ID, text: { text: 'x', expiresAfter: MAX_TIMER + 1 } }],
    ['a reaction to nothing', { id: ID, reaction: { emoji: '👍' } }],
    ['a reaction of two emoji', { id: ID, reaction: { target: { id: ID }, emoji: '👍👍' } }],
    ['a reaction in words', { id: ID, reaction: { target: { id: ID }, emoji: 'ok' } }],
    ['an edit of nothing', { id: ID, edit: { text: 'x' } }],
    ['an edit to nothing', { id: ID, edit: { id: ID, text: ' ' } }],
    ['a deletion of nothing', { id: ID, deletion: {} }],
    ['a timer of more than a year', { id: ID, timer: { seconds: MAX_TIMER + 1 } }],
    ['a profile of no version', { id: ID, profile: { name: 'Ada' } }],
    ['too long a name', { id: ID, profile: { version: 1n, name: 'x'.repeat(65) } }],
    [
      'too large a picture',
      { id: ID, profile: { version: 1n, picture: new Uint8Array(MAX_PICTURE_BYTES + 1) } },
    ],
  ])('with %s is refused', (_, content) => {
    expect(read(pad(written(content)))).toBe('malformed-content');
  });

  it('says to readers that do not know it what it is about, unless that is nothing to them', () => {
    const fallbackOf = (known: Content['body']) => {
      const padded = encodeContent({ id: bytesToHex(ID), sentAt: 1, body: known }, ORIGIN);
      return wire.Content.decode(padded.subarray(0, padded.lastIndexOf(0x80))).fallback;
    };
    const target = { id: bytesToHex(ID), own: false };
    expect(fallbackOf({ kind: 'reaction', target, emoji: '👍' })).toBe('Reacted with 👍');
    expect(fallbackOf({ kind: 'reaction', target, emoji: '' })).toBe('');
    expect(fallbackOf({ kind: 'edit', id: target.id, text: 'better' })).toBe('Edited: better');
    expect(fallbackOf({ kind: 'deletion', id: target.id })).toBe('Took a message back.');
    expect(fallbackOf({ kind: 'timer', seconds: 60 })).toBe('Messages now disappear after 60 seconds.');
    expect(fallbackOf({ kind: 'timer', seconds: 0 })).toBe('Messages no longer disappear.');
    expect(fallbackOf({ kind: 'typing', active: true })).toBe('');
    expect(fallbackOf({ kind: 'profile', version: 1, name: 'Ada', picture: undefined })).toBe('');
    // However long, the edit's fits what a reader takes.
    expect(fallbackOf({ kind: 'edit', id: target.id, text: '😀'.repeat(16_000) }).length).toBeLessThan(1100);
  });

  it('of a later version shows its fallback', () => {
    const fields = { id: ID, sentAt: toTime(5), fallback: 'A poll: pizza or pasta?' };
    // Field 13, a message that holds a string: what a later version's body may look like.
    const later = Uint8Array.of(...written(fields), (13 << 3) | 2, 4, 0x0a, 2, 0x68, 0x69);
    expect(read(pad(later, 40))).toEqual({
      id: bytesToHex(ID),
      sentAt: 5,
      origin: ORIGIN,
      body: { kind: 'unknown', fallback: 'A poll: pizza or pasta?' },
    });
  });

  it('of a later version that shows nothing is no error', () => {
    const later = Uint8Array.of(...written({ id: ID }), (13 << 3) | 2, 0);
    expect(read(pad(later))).toMatchObject({ body: { kind: 'unknown', fallback: '' } });
  });

  it('with a body that is known and fields that are not is read without them', () => {
    const later = Uint8Array.of(
      ...written({ id: ID, text: { text: 'hello' } }),
      ((200 << 3) & 0x7f) | 0x80,
      (200 << 3) >> 7,
      1,
    );
    expect(read(pad(later))).toMatchObject({ body: { kind: 'text', text: 'hello' } });
  });
});

describe('a payment', () => {
  const sound: wire.Payment.$Properties = {
    genesis: new Uint8Array(32).fill(1),
    asset: 'polkadot:6ac13efb5b368b97b4934cef6edfdd99/xassets:1',
    amount: '100000',
    from: new Uint8Array(32).fill(2),
    to: new Uint8Array(32).fill(3),
    block: new Uint8Array(32).fill(4),
    hash: new Uint8Array(32).fill(5),
  };
  const withPayment = (changes: wire.Payment.$Properties) =>
    read(pad(written({ id: ID, fallback: 'A payment', payment: { ...sound, ...changes } })));

  it('stands first in its block when no index is written', () => {
    expect(withPayment({})).toMatchObject({
      body: { payment: { amount: 100_000n, place: { extrinsic: 0 } } },
    });
  });

  it.each<[string, wire.Payment.$Properties]>([
    ['no amount', { amount: '' }],
    ['an amount of nothing', { amount: '0' }],
    ['a negative amount', { amount: '-1' }],
    ['an amount with a point', { amount: '1.5' }],
    ['an exponent', { amount: '1e5' }],
    ['a hexadecimal amount', { amount: '0x10' }],
    ['leading zeros', { amount: '0100' }],
    ['space around the amount', { amount: ' 1' }],
    ['digits of another script', { amount: '\u0661\u0662' }],
    ['more than a chain can count', { amount: String(2n ** 128n) }],
    ['a thousand digits', { amount: '9'.repeat(1000) }],
    ['no asset', { asset: '' }],
    ['an asset that is no name', { asset: 'XBTC' }],
    ['an asset with a line break', { asset: `${sound.asset}\n` }],
    ['a short account', { from: new Uint8Array(31) }],
    ['a long account', { to: new Uint8Array(33) }],
    ['no block', { block: new Uint8Array() }],
    ['a short hash', { hash: new Uint8Array(20) }],
    ['no chain', { genesis: new Uint8Array() }],
  ])('with %s is refused', (_, changes) => {
    expect(withPayment(changes)).toBe('malformed-content');
  });
});

describe('a text', () => {
  it('can be sent when it has something to show and fits 64 KiB of UTF-8', () => {
    expect(checkText(' hello ')).toBe(' hello ');
    expect(checkText('x'.repeat(MAX_TEXT_BYTES))).toHaveLength(MAX_TEXT_BYTES);
    expect(checkText('é'.repeat(MAX_TEXT_BYTES / 2))).toHaveLength(MAX_TEXT_BYTES / 2);
    for (const blank of ['', ' ', '\n\t', '\u00a0', '\u200b', '\u202e', '\u3164 \u2800']) {
      expect(() => checkText(blank)).toThrow(expect.objectContaining({ code: 'message-empty' }) as Error);
    }
    for (const long of [
      'x'.repeat(MAX_TEXT_BYTES + 1),
      'é'.repeat(MAX_TEXT_BYTES / 2 + 1),
      '😀'.repeat(MAX_TEXT_BYTES / 4 + 1),
    ]) {
      expect(() => checkText(long)).toThrow(expect.objectContaining({ code: 'message-too-long' }) as Error);
    }
  });

  it('arrives as it was shown to the sender, also with half a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.constantFrom('', '\ud800', '\udc00'),
        (value, half) => {
          const sendable = checkText(`x${value}${half}`);
          const content: Content = { id: bytesToHex(ID), sentAt: 1, body: { kind: 'text', text: sendable } };
          expect(decodeContent(encodeContent(content, ORIGIN))).toEqual({ ...content, origin: ORIGIN });
        },
      ),
    );
  });
});

describe('an emoji', () => {
  it('is one, however it is made up', () => {
    for (const one of ['👍', '👍🏽', '❤️', '❤', '☺️', '🇦🇹', '#️⃣', '7⃣', '👨‍👩‍👧‍👦', '🧑🏿‍🚀', '🏳️‍🌈', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🫩']) {
      expect(isEmoji(one), one).toBe(true);
    }
    const bytes = (value: string) => new TextEncoder().encode(value).length;
    expect(bytes('👩🏻‍❤️‍💋‍👨🏿')).toBeLessThanOrEqual(64);
  });

  it('is not a text, a part of one, or several', () => {
    for (const none of [
      '',
      'a',
      '1',
      '#',
      ' 👍',
      '👍 ',
      '👍\n',
      '👍👍',
      '🇦',
      '🇦🇹🇦',
      '\u200d',
      '\ufe0f',
      '🏽🏽',
      '👍\u202e',
      '👍\u0301',
      `👍${'\u200d👍'.repeat(4)}`,
      '👨‍',
      'ok👍',
      '<b>',
    ]) {
      expect(isEmoji(none), JSON.stringify(none)).toBe(false);
    }
  });

  it('is one grapheme', () => {
    const graphemes = new Intl.Segmenter();
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('👍', '🏽', '\u200d', '\ufe0f', '🇦', '🇹', '\u20e3', '1', '❤', 'x', '👩'),
          maxLength: 8,
        }),
        (value) => {
          if (isEmoji(value)) expect([...graphemes.segment(value)]).toHaveLength(1);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
