import { expect, it } from 'vitest';
import { loaded } from '../../core/lazy.js';
import { refusal } from '../support/codes.js';

it('code that does not load says so with a code of its own, whatever the platform throws', async () => {
  const missing = './no-such-module.js';
  expect(await refusal(() => loaded(import(/* @vite-ignore */ missing)))).toBe('not-loaded');
  expect(await refusal(() => loaded(Promise.reject(new TypeError('Failed to fetch'))))).toBe('not-loaded');
  expect(await loaded(Promise.resolve(7))).toBe(7);
});
