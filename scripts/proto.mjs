// Generates the static ES modules of proto/gen from proto/*.proto.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const pbjs = join(dirname(require.resolve('protobufjs-cli/package.json')), 'bin', 'pbjs');
const leaveOut = ['create', 'verify', 'delimited', 'typeurl', 'service', 'convert'];

mkdirSync(join(root, 'proto/gen'), { recursive: true });
for (const name of ['signal', 'session', 'relay', 'content']) {
  const out = join(root, 'proto/gen', `${name}.js`);
  execFileSync(
    process.execPath,
    [
      pbjs,
      ...['--target', 'static-module', '--wrap', 'esm', '--dts', '--root', `coming-${name}`],
      ...leaveOut.map((part) => `--no-${part}`),
      ...['--out', out, join(root, 'proto', `${name}.proto`)],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  writeFileSync(out, withoutUnknownFields(readFileSync(out, 'utf8')));
  // pbts writes a CommonJS import, which an ES module's declarations may not hold.
  const types = out.replace(/\.js$/, '.d.ts');
  writeFileSync(
    types,
    readFileSync(types, 'utf8').replace('import Long = require("long");', 'import type Long from "long";'),
  );
}

/** Unknown fields are ignored, not kept: what a peer adds to a message must not end up in what is stored or sent on. */
function withoutUnknownFields(code) {
  const kept = /\n {16}if \(!reader\.discardUnknown\) \{[\s\S]*?\n {16}\}/g;
  const written = /\n {12}if \(message\.\$unknowns[\s\S]*?;(?=\n {12}return writer)/g;
  const slim = code.replace(kept, '').replace(written, '');
  const left = slim.replace(/\/\*\*[\s\S]*?\*\//g, '');
  if (left.includes('$unknowns')) throw new Error('protobufjs-cli writes unknown fields in another way now');
  return slim;
}
