import type { Plugin } from 'vite';

export function withAliases(): Plugin;
