/**
 * Days and times as a person reads them, in their language; formatters are made once.
 *
 * @module
 */
import type { Strings } from '../locales/en.js';

const DAY = 86_400_000;
const formatters = new Map<string, Intl.DateTimeFormat>();

const STYLES = {
  time: { hour: 'numeric', minute: '2-digit' },
  weekday: { weekday: 'long' },
  shortWeekday: { weekday: 'short' },
  date: { day: 'numeric', month: 'short' },
  fullDate: { weekday: 'long', day: 'numeric', month: 'long' },
  yearDate: { day: 'numeric', month: 'long', year: 'numeric' },
  exact: { dateStyle: 'full', timeStyle: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** Formats a time, ms since 1970. A `lang` that no browser knows falls back to the browser's own. */
export function formatTime(locale: string | undefined, style: keyof typeof STYLES, time: number): string {
  const key = `${style} ${locale}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    try {
      formatter = new Intl.DateTimeFormat(locale, STYLES[style]);
    } catch {
      formatter = new Intl.DateTimeFormat(undefined, STYLES[style]);
    }
    formatters.set(key, formatter);
  }
  return formatter.format(time);
}

/** Midnight, local time, before `time`: two messages of one day share it. */
export function dayOf(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}

/** The heading over a day's messages. */
export function dayName(locale: string | undefined, time: number, now: number, words: Strings): string {
  // Rounded, because a day on which the clocks change is 23 or 25 hours long.
  const days = Math.round((dayOf(now) - dayOf(time)) / DAY);
  if (days === 0) return words.today;
  if (days === 1) return words.yesterday;
  if (days > 1 && days < 7) return formatTime(locale, 'weekday', time);
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return formatTime(locale, sameYear ? 'fullDate' : 'yearDate', time);
}

/** The short form beside a conversation: a time today, a weekday this week, else a date. */
export function shortTime(locale: string | undefined, time: number, now: number): string {
  const days = Math.round((dayOf(now) - dayOf(time)) / DAY);
  return formatTime(locale, days === 0 ? 'time' : days > 0 && days < 7 ? 'shortWeekday' : 'date', time);
}
