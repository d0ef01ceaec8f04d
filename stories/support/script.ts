/**
 * What the people in the stories say.
 *
 * @module
 */
import type { Line } from './people.js';

const MINUTE = 60_000;

/** Midnight of a day relative to today, plus a time of day. */
function moment(daysAgo: number, hours: number, minutes: number): number {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - daysAgo);
  return day.getTime() + (hours * 60 + minutes) * MINUTE;
}

/** Two people plan a walk, over three days. */
export function plans(): Line[] {
  return [
    { from: 'them', text: 'Hi! Did you get home well?', at: moment(2, 21, 4) },
    {
      from: 'me',
      text: 'Yes, the last train was almost empty. Thank you for the evening 🙂',
      at: moment(2, 21, 9),
    },
    { from: 'them', text: 'I found the path I was talking about:', at: moment(1, 10, 31) },
    {
      from: 'them',
      text: 'https://walks.example/north-shore?season=autumn (about 14 km)',
      at: moment(1, 10, 31) + 20_000,
    },
    {
      from: 'them',
      text: 'It starts right behind the station, so nobody needs a car.',
      at: moment(1, 10, 32),
    },
    { from: 'me', text: 'That looks lovely.', at: moment(1, 10, 40) },
    { from: 'me', text: 'Sunday? I can bring tea and something to eat.', at: moment(1, 10, 41) },
    { from: 'them', text: 'Sunday is perfect. Nine o’clock at the clock?', at: moment(0, 0, 12) },
    { from: 'me', text: 'Nine it is!', at: moment(0, 0, 14) },
  ];
}

/** Long enough to have earlier messages to load. */
export function manyLines(count: number): Line[] {
  return Array.from({ length: count }, (_, at) => ({
    from: at % 3 === 1 ? 'me' : 'them',
    text: `Message ${at + 1}`,
  }));
}

export const longText = `This is a longer message, of the kind that people write when something matters to them and a few words will not do.

It has paragraphs, and a line
that breaks where its writer wanted it to.

And a word that does not fit: ${'Donaudampfschifffahrtselektrizitätenhauptbetriebswerk'.repeat(2)}.`;

/** Two people who write from right to left. */
export function arabicPlans(): Line[] {
  return [
    { from: 'them', text: 'مرحبا! هل وصلت إلى البيت بخير؟', at: moment(1, 20, 4) },
    { from: 'me', text: 'نعم، شكراً جزيلاً على الأمسية.', at: moment(1, 20, 9) },
    { from: 'them', text: 'وجدت الطريق: https://walks.example/north-shore', at: moment(0, 0, 10) },
    { from: 'me', text: 'The tea is on me 🙂', at: moment(0, 0, 12) },
  ];
}
