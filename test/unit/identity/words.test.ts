import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady, mnemonicGenerate, mnemonicToMiniSecret } from '@polkadot/util-crypto';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { accountOfWords, newWords, readWords } from '../../../core/identity/words.js';
import { WordsError } from '../../../core/words-error.js';

/** The phrase of Substrate's development accounts. */
const DEV = 'bottom drive obey lake curtain smoke basket hold race lonely fit walk';

const keyring = () => new Keyring({ type: 'ed25519', ss58Format: 44 });
const wrong = (typed: string): WordsError => {
  try {
    readWords(typed);
  } catch (error) {
    expect(error).toBeInstanceOf(WordsError);
    return error as WordsError;
  }
  throw new Error('was not refused');
};

describe('the words of an account', () => {
  beforeAll(() => cryptoWaitReady());
  afterEach(() => vi.unstubAllGlobals());

  it('give the very key that polkadot{.js} makes of them, whatever their number', async () => {
    const phrases = [DEV, ...([12, 15, 18, 21, 24] as const).map((count) => mnemonicGenerate(count))];
    for (const phrase of phrases) {
      const guest = await accountOfWords(phrase);
      expect(guest.seed).toEqual(Uint8Array.from(mnemonicToMiniSecret(phrase)));
      expect(guest.account).toEqual(Uint8Array.from(keyring().addFromMnemonic(phrase).publicKey));
    }
  });

  it('give another key with a password, again the same as in polkadot{.js}', async () => {
    const guest = await accountOfWords(DEV, 'pässword');
    expect(guest.account).toEqual(Uint8Array.from(keyring().addFromUri(`${DEV}///pässword`).publicKey));
  });

  it('give the same key where the platform has no WebCrypto', async () => {
    const { seed } = await accountOfWords(DEV, 'pässword');
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
    expect(crypto.subtle).toBeUndefined();
    expect((await accountOfWords(DEV, 'pässword')).seed).toEqual(seed);
  });

  it('are twelve, and polkadot{.js} reads the new ones too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 16, maxLength: 16 }), async (entropy) => {
        const words = newWords(entropy);
        expect(words).toHaveLength(12);
        const { seed } = await accountOfWords(words.join(' '));
        expect(seed).toEqual(Uint8Array.from(mnemonicToMiniSecret(words.join(' '))));
      }),
      { numRuns: 10 },
    );
  });

  it('may be typed in any case and with any spaces', () => {
    const words = DEV.split(' ');
    for (const typed of [DEV.toUpperCase(), `  ${words.join(' \n\t')} `, words.join('\u3000')]) {
      expect(readWords(typed)).toEqual(words);
    }
  });

  it('that are wrong are named by their position, never quoted', () => {
    const words = DEV.split(' ');
    for (const [i] of words.entries()) {
      const error = wrong(words.with(i, 'notaword').join(' '));
      expect({ code: error.code, position: error.position }).toEqual({
        code: 'unknown-word',
        position: i + 1,
      });
      expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/notaword|bottom/);
    }
    expect(wrong(words.slice(1).join(' ')).code).toBe('words-incomplete');
    expect(wrong('').code).toBe('words-incomplete');
    expect(wrong(words.with(0, 'drive').with(1, 'bottom').join(' ')).code).toBe('words-mismatch');
  });

  it('can be anything that somebody pastes, and are refused in no other way', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 2000 }), fc.lorem({ maxCount: 24 })),
        (typed) => {
          expect(['words-incomplete', 'unknown-word', 'words-mismatch']).toContain(wrong(typed).code);
        },
      ),
    );
    expect(wrong('abandon '.repeat(1_000_000)).code).toBe('words-incomplete');
  });
});
