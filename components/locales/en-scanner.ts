/**
 * The texts of reading a code with the camera, in English; loaded with what reads it.
 *
 * @module
 */
import { lazyWords, type LazyWords, type WordsOf } from './lazy-words.js';

export interface ScannerStrings {
  scanStart: string;
  scanStop: string;
  scanPicture: string;
  scanHint: string;
  scanDenied: string;
  scanPasted: string;
}

export type ScannerWords = LazyWords<ScannerStrings>;

export const enScanner: ScannerStrings = {
  scanStart: 'Scan with the camera',
  scanStop: 'Switch the camera off',
  scanPicture: 'What the camera sees',
  scanHint: 'Hold the other screen’s code in front of the camera. The picture stays on this device.',
  scanDenied:
    'The camera can’t be used. Allow it for this page in the browser’s address bar, or paste the text below.',
  scanPasted: 'Use this text',
};

export const scannerWords: WordsOf<ScannerStrings> = lazyWords(enScanner);
