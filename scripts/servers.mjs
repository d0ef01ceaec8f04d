// Finds the database servers that tests and benchmarks start.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of PostgreSQL's programs; undefined when there is none. */
export function postgresFolder() {
  const named = process.env.COMING_POSTGRES;
  if (named) return named;
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  const folders = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(debian, version, 'bin'));
  return folders.find((folder) => existsSync(join(folder, 'initdb'))) ?? folderOf('initdb');
}

/** Redis's server, version 7 or later for its sharded channels; undefined when there is none. */
export function redisServer() {
  return process.env.COMING_REDIS_SERVER ?? find('redis-server');
}

export const mosquitto = () => find('mosquitto') ?? inSbin('mosquitto');

/** The program that starts ejabberd in the foreground. */
export const ejabberd = () => find('ejabberdctl') ?? inSbin('ejabberdctl');

/** Whether OpenStack Swift, an object store that speaks S3, is here. */
export function hasSwift() {
  const programs = ['proxy', 'account', 'container', 'object'].map((name) => `swift-${name}-server`);
  return [...programs, 'swift-ring-builder'].every((program) => find(program) !== undefined);
}

export function find(program) {
  try {
    return execFileSync('which', [program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/** Debian's place for servers, which is not on everybody's path. */
function inSbin(program) {
  const path = join('/usr/sbin', program);
  return existsSync(path) ? path : undefined;
}

function folderOf(program) {
  const path = find(program);
  return path && join(path, '..');
}
