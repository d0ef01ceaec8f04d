// What some modules cost in files they are bundled into: the bytes, gzip -9, that the files would be smaller without them.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { gzipSync } from 'node:zlib';

/**
 * @param {readonly string[]} files - With a source map beside each.
 * @param {(source: string) => boolean} isPart - Whether a module, by its path in the source map, counts.
 */
export function shareOf(files, isPart) {
  return files.reduce((sum, file) => {
    const code = readFileSync(file, 'utf8');
    const map = JSON.parse(readFileSync(`${file}.map`, 'utf8'));
    return sum + gzipped(code) - gzipped(without(code, map, isPart));
  }, 0);
}

/** The code from whose text everything is cut that came from such a module. */
function without(code, payload, isPart) {
  const map = new SourceMap(payload);
  return code
    .split('\n')
    .map((line, row) =>
      [...Array(line.length).keys()]
        .filter((column) => {
          const { originalSource } = map.findEntry(row, column);
          return !(originalSource && isPart(originalSource));
        })
        .map((column) => line[column])
        .join(''),
    )
    .join('\n');
}

const gzipped = (text) => gzipSync(text, { level: 9 }).length;
