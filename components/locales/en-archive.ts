/**
 * Every text about export and import, in English; loaded when somebody asks for one of them.
 *
 * @module
 */
import { identityWords } from './en-identity.js';
import { lazyWords, type LazyWords, type WordsOf } from './lazy-words.js';
import type { StringOverrides } from './en.js';

export interface ArchiveStrings {
  archiveText: string;
  exportAll: string;
  exportHint: string;
  exportText: string;
  exportStart: string;
  exportDone: string;
  importFile: string;
  importHint: string;
  importText: string;
  importField: string;
  importStart: string;
  importDone: (added: number, known: number) => string;
  preparing: string;
  progress: (done: number, total: number) => string;
  merging: string;
}

export const enArchive: ArchiveStrings = {
  archiveText: 'Your conversations, payments and contacts as one encrypted file.',
  exportAll: 'Export everything',
  exportHint: 'Into a file, with a passphrase of yours.',
  exportText:
    'Who has the file and the passphrase can read everything, and of a guest also become you. Keep the two apart; nobody can reset it.',
  exportStart: 'Export',
  exportDone: 'The file was saved. Keep it and the passphrase apart.',
  importFile: 'Import',
  importHint: 'From a file that was exported.',
  importText: 'What is in the file is added to what is here. Nothing is replaced, and nothing appears twice.',
  importField: 'The file',
  importStart: 'Import',
  importDone: (added, known) =>
    added === 0
      ? 'Everything in this file was here already.'
      : `${added} ${added === 1 ? 'message was' : 'messages were'} added; ${known} ${known === 1 ? 'was' : 'were'} here already.`,
  preparing: 'Preparing… This takes a moment on purpose.',
  progress: (done, total) => `${done} of ${total}`,
  merging: 'Adding…',
};

const ERRORS = {
  'wrong-passphrase': 'The passphrase does not fit this file.',
  'malformed-export': 'This is not an exported file.',
  'newer-export': 'This file is of a newer version. Update this page first.',
  'damaged-export': 'This file is damaged or incomplete. Nothing was changed.',
  'other-account-export': 'This file is of another identity. Nothing was changed.',
  'insecure-context': 'This page was loaded without encryption (https), so this can’t be done here.',
  'export-ended': 'It was stopped. Begin again.',
};

const own: WordsOf<ArchiveStrings> = lazyWords(enArchive, ERRORS);

export type ArchiveWords = LazyWords<ArchiveStrings> & ReturnType<typeof identityWords>;

/** With the texts of every dialog about one's own account. */
export function archiveWords(overrides: StringOverrides | undefined): ArchiveWords {
  const identity = identityWords(overrides);
  const words = own(overrides);
  return { ...identity, ...words, errors: { ...identity.errors, ...words.errors } };
}
