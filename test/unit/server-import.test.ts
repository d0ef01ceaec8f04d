import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../../components/internal/version.js';

const components = new URL('../../components/', import.meta.url);
const modules = readdirSync(components, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
  .sort();

describe('the elements on a server', () => {
  it.each(modules)('%s can be imported where there is no page', async (path) => {
    expect(globalThis).not.toHaveProperty('document');
    await import(new URL(path, components).href);
  });

  it('bear the version of the package', () => {
    const manifest = readFileSync(new URL('../package.json', components), 'utf8');
    expect(VERSION).toBe((JSON.parse(manifest) as { version: string }).version);
  });
});
