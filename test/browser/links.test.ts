import { describe, expect, it } from 'vitest';
import { segments } from '../../components/internal/links.js';

const links = (text: string) =>
  segments(text).flatMap((segment) => (typeof segment === 'string' ? [] : [segment.href]));

describe('links in messages', () => {
  it('are found among the words, and nothing of the text is lost', () => {
    const text = 'See https://a.example/x?y=1#z, or (http://b.example/w_(v)) — or not.';
    expect(links(text)).toEqual(['https://a.example/x?y=1#z', 'http://b.example/w_(v)']);
    expect(
      segments(text)
        .map((one) => (typeof one === 'string' ? one : one.text))
        .join(''),
    ).toBe(text);
  });

  it('keep out the punctuation of the sentence', () => {
    for (const end of ['.', ',', '!', '?', ')', '”', '…', '...', ').']) {
      expect(links(`go to https://a.example/page${end} now`)).toEqual(['https://a.example/page']);
    }
  });

  it('are http and https only', () => {
    for (const text of [
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'www.a.example',
      'xhttps://a.example',
      'https://',
      '<img src=x onerror=alert(1)>',
    ]) {
      expect(segments(text)).toEqual([text]);
    }
  });

  it('do not hide where they lead', () => {
    expect(links('https://bank.example@evil.example/')).toEqual([]);
    expect(links('https://a.example/\u202Egnp.exe')).toEqual(['https://a.example/']);
  });

  it('are found in an empty text as little as in a long one without any', () => {
    expect(segments('')).toEqual([]);
    const long = 'http:/ '.repeat(5000);
    expect(segments(long)).toEqual([long]);
  });
});
