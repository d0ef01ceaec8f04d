/**
 * What somebody typed as the address of a website, as the domain that it is of.
 *
 * @module
 */

/** The domain, in its ASCII form; undefined when it is none. A whole address will do. */
export function domainOf(typed: string): string | undefined {
  const text = typed.trim();
  const address = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (!text || !URL.canParse(address)) return undefined;
  const { host, hostname, username, password } = new URL(address);
  return hostname.includes('.') && !username && !password ? host : undefined;
}
