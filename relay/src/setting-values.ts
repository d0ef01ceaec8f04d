/**
 * How the text of a setting becomes its value; a message continues the name of the setting.
 *
 * @module
 */
export function text(value: string): string {
  if (value === '') throw new Error('must not be empty');
  return value;
}

export function whole(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d{1,9}$/.test(value) || number < least || number > most) {
      throw new Error(`is a number from ${least} to ${most}`);
    }
    return number;
  };
}

export const port = whole(0, 65535);

export function factor(value: string): number {
  const number = Number(value);
  if (value === '' || !(number > 0)) throw new Error('is a number above 0');
  return number;
}

export function yes(value: string): boolean {
  if (!['true', 'false', '1', '0'].includes(value)) throw new Error('is true or false');
  return value === 'true' || value === '1';
}

export function host(value: string): string {
  // A URL's host is written in one way only: lower case, no default port.
  if (!URL.canParse(`https://${value}`) || new URL(`https://${value}`).host !== value) {
    throw new Error('is a host name such as relay.example or localhost:4410, without ws://');
  }
  return value;
}

export function url(...protocols: readonly string[]): (value: string) => string {
  return (value) => {
    // Never quoted: it may hold a password.
    if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
      throw new Error(`is a URL that begins with ${protocols.join('// or ')}//`);
    }
    return value;
  };
}

export function bucket(value: string): string {
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  const isPlain = parsed && !parsed.username && !parsed.password && !parsed.search && !parsed.hash;
  // One part at most: what is below a bucket cannot be told from its objects.
  if (!isPlain || !/^https?:$/.test(parsed.protocol) || !/^\/[^/]*\/?$/.test(parsed.pathname)) {
    throw new Error('is the URL of a bucket such as https://s3.example/attachments, without a key in it');
  }
  return value;
}

export function origins(value: string): readonly string[] {
  const list = value.split(',').map((one) => one.trim());
  for (const one of list) {
    if (!URL.canParse(one) || new URL(one).origin !== one) {
      throw new Error('is a list of origins such as https://shop.example, separated by commas');
    }
  }
  return list;
}

export function oneOf<const Word extends string>(...words: readonly Word[]): (value: string) => Word {
  return (value) => {
    const word = words.find((one) => one === value);
    if (!word) throw new Error(`is one of ${words.join(', ')}`);
    return word;
  };
}
