import type { Plugin } from 'vite';

export const aliases: Readonly<Record<string, string>>;
export function aliasesForVite(): Plugin;
