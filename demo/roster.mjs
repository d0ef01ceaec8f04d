/**
 * Who is there and who was given coins, kept in a file so that a restart of the demo forgets nobody.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const MAX_PEOPLE = 200;
const COMING_ID = /^[1-9A-HJ-NP-Za-km-z]{40,50}$/;
const NAME = /^[\p{L}\p{N} ]{1,24}$/u;

export function openRoster(file) {
  const state = read(file);
  const save = () => {
    // Written beside and moved into place: a half-written roster would be none.
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  };
  return {
    people: () => state.people,
    has: (comingId) => state.people.some((person) => person.comingId === comingId),
    /** The first browser shows two people, each later one is one more. */
    nextRole() {
      state.roles += 1;
      save();
      return { number: state.roles };
    },
    add(value) {
      const person = personOf(value);
      if (!person) return false;
      const others = state.people.filter(
        ({ comingId, name }) => comingId !== person.comingId && name !== person.name,
      );
      state.people = [...others, person].slice(-MAX_PEOPLE);
      save();
      return true;
    },
    wasFunded: (comingId) => state.funded.includes(comingId),
    setFunded(comingId) {
      state.funded = [...state.funded, comingId];
      save();
    },
  };
}

/** What the file holds, as far as it makes sense. */
function read(file) {
  try {
    const { roles, people, funded } = JSON.parse(readFileSync(file, 'utf8'));
    return {
      roles: Number.isSafeInteger(roles) && roles > 0 ? roles : 0,
      people: people.map(personOf).filter(Boolean),
      funded: (funded ?? []).filter((comingId) => COMING_ID.test(comingId)),
    };
  } catch {
    return { roles: 0, people: [], funded: [] };
  }
}

function personOf(value) {
  const { name, comingId } = value ?? {};
  const isPerson = [name, comingId].every((text) => typeof text === 'string');
  return isPerson && NAME.test(name) && COMING_ID.test(comingId) ? { name, comingId } : undefined;
}
