// Builds what is shipped and what `npm start` runs; COMING_BUILD=relay,… builds only the parts named.
import { readFileSync } from 'node:fs';
import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import esbuild from 'rollup-plugin-esbuild';

const node20 = () => [resolve({ preferBuiltins: true }), commonjs(), esbuild({ target: 'node20' })];
const dependenciesOf = (manifest) =>
  Object.keys(JSON.parse(readFileSync(new URL(manifest, import.meta.url), 'utf8')).dependencies ?? {});
const external = (names) => (id) =>
  id.startsWith('node:') || names.some((name) => id === name || id.startsWith(`${name}/`));

/** The relay: one file that needs only its package's dependencies. */
const relay = {
  input: 'relay/src/cli.ts',
  external: external(dependenciesOf('relay/package.json')),
  plugins: node20(),
  output: {
    file: 'relay/dist/coming-relay.js',
    format: 'es',
    sourcemap: true,
    banner: '#!/usr/bin/env node',
    inlineDynamicImports: true,
  },
};

const parts = { relay };
const wanted = process.env.COMING_BUILD?.split(',') ?? Object.keys(parts);
export default wanted.flatMap((name) => parts[name]);
