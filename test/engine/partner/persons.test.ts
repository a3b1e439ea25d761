import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidence } from '../../../src/engine/judging/evidence.ts';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import { assign } from '../../../src/engine/values/matching.ts';
import { checkProperty } from '../support/check-property.ts';
import {
  day,
  documentFor,
  factory,
  partnerWith,
  proveOn,
  requirementOf,
  rulebookOf,
} from '../support/measuring.ts';

const ON = '2026-06-30';
const PATH = '/tiers/1/requirement';
function slot(count: number, ...credentials: string[]): unknown {
  return {
    name: { en: credentials.join(), de: credentials.join() },
    count,
    where: [{ field: 'credential', in: credentials }],
  };
}

/** Certifications such as `ada:A` since the beginning of the year. */
function certified(...pairs: readonly string[]): Fact[] {
  const fact = factory();
  return pairs.map((pair) => {
    const [person = '', credential = ''] = pair.split(':');
    return fact('certification', { on: '2026-01-01', person, credential });
  });
}

/** The outcome, and the persons of each slot. */
function filled(slots: readonly unknown[], facts: readonly Fact[], on = ON): unknown {
  const proof = requirementOf(
    proveOn(partnerWith(facts), rulebookOf(documentFor({ persons: slots })), on),
    'GOLD',
  );
  if (proof.type !== 'PERSONS') throw new Error(proof.type);
  return [proof.outcome, ...proof.slots.map(({ persons }) => persons.join())];
}

describe('rule 14: persons without reuse', () => {
  it('nobody fills two slots', () => {
    const slots = [slot(1, 'A'), slot(1, 'B')];
    expect(filled(slots, certified('ada:A', 'ada:B'))).toEqual(['UNMET', 'ada', '']);
    expect(filled(slots, certified('ada:A', 'ada:B', 'ben:A'))).toEqual(['MET', 'ben', 'ada']);
  });

  it('moves persons until as many slots as possible are filled', () => {
    const slots = [slot(2, 'A'), slot(1, 'B'), slot(1, 'C')];
    const facts = certified('ada:A', 'ada:B', 'ben:A', 'ben:C', 'cleo:A', 'dan:A');
    expect(filled(slots, facts)).toEqual(['MET', 'cleo,dan', 'ada', 'ben']);
  });

  it('shows the smallest assignment by person, empty slots last', () => {
    const slots = [slot(1, 'A', 'B'), slot(2, 'A')];
    expect(filled(slots, certified('dan:A', 'cleo:A', 'ben:B', 'ada:A'))).toEqual(['MET', 'ada', 'cleo,dan']);
    expect(filled(slots, certified('cleo:A', 'ben:B', 'ada:A'))).toEqual(['MET', 'ben', 'ada,cleo']);
    expect(filled([slot(1, 'A'), slot(1, 'A')], certified('zoe:A'))).toEqual(['UNMET', 'zoe', '']);
  });

  it('leaves an earlier slot empty only if no later one could be left empty for it', () => {
    expect(assignPlaces([['c', 'e'], ['c', 'd'], ['d'], ['e']])).toEqual(['c', 'd', null, 'e']);
    expect(assignPlaces([['b', 'd'], ['b'], ['d']])).toEqual(['b', null, 'd']);
  });

  it('counts certifications on the days on which they are valid', () => {
    const facts = certified('ada:A').map((each) => ({ ...each, expiresOn: day('2026-07-01') }));
    expect(filled([slot(1, 'A')], facts, '2025-12-31')).toEqual(['UNMET', '']);
    expect(filled([slot(1, 'A')], facts, '2026-01-01')).toEqual(['MET', 'ada']);
    expect(filled([slot(1, 'A')], facts, '2026-06-30')).toEqual(['MET', 'ada']);
    expect(filled([slot(1, 'A')], facts, '2026-07-01')).toEqual(['UNMET', '']);
  });

  it('one person may serve several requirements', () => {
    const requirement = { allOf: [{ persons: [slot(1, 'A')] }, { persons: [slot(1, 'A', 'B')] }] };
    const proof = proveOn(partnerWith(certified('ada:A')), rulebookOf(documentFor(requirement)), ON);
    expect(requirementOf(proof, 'GOLD').outcome).toBe('MET');
  });

  it('names the certifications counted, and why others are not', () => {
    const facts = [
      ...certified('ada:A', 'ada:B', 'ben:A', 'ben:A', 'cleo:A', 'dan:X'),
      ...certified('eve:A').map((each) => ({ ...each, id: 'E', externalId: 'E', expiresOn: day(ON) })),
      ...certified('fay:A').map((each) => ({
        ...each,
        id: 'G',
        externalId: 'G',
        occurredOn: day('2026-07-01'),
      })),
    ];
    const partner = partnerWith(facts);
    const rulebook = rulebookOf(documentFor({ persons: [slot(1, 'A'), slot(1, 'B')] }));
    const reasons = (path: string): unknown => {
      const { counted, excluded } = evidence(partner, rulebook, day(ON), { path });
      return [
        counted.map(({ id }) => id),
        Object.fromEntries(excluded.map(({ fact, reason }) => [fact.id, reason])),
      ];
    };
    const always = { F006: 'FILTERED_OUT', E: 'EXPIRED', G: 'NOT_YET_VALID' };
    expect(reasons(PATH)).toEqual([
      ['F002', 'F003'],
      { F001: 'PERSON_USED_ELSEWHERE', F004: 'DUPLICATE_PERSON', F005: 'NOT_NEEDED', ...always },
    ]);
    expect(reasons(`${PATH}/persons/0`)).toEqual([
      ['F003'],
      {
        F001: 'PERSON_USED_ELSEWHERE',
        F002: 'FILTERED_OUT',
        F004: 'DUPLICATE_PERSON',
        F005: 'NOT_NEEDED',
        ...always,
      },
    ]);
  });

  it('is optimal, and the smallest of the optimal ones: the same as trying everything', () => {
    const persons = ['a', 'b', 'c', 'd', 'e'];
    const qualified = fc.array(fc.subarray(persons), { maxLength: 5 });
    checkProperty(
      fc.property(qualified, (places) => {
        expect(assignPlaces(places)).toEqual(bruteForce(places));
      }),
      'assignment',
    );
  });

  it('is so for slots of several places too', () => {
    const qualified = fc.subarray(['a', 'b', 'c', 'd', 'e', 'f']);
    const slots = fc.array(fc.record({ count: fc.integer({ min: 1, max: 3 }), qualified }), { maxLength: 4 });
    checkProperty(
      fc.property(slots, (each) => {
        const places = each.flatMap((slot) => Array.from({ length: slot.count }, () => slot.qualified));
        fc.pre(places.length < 8);
        const persons = bruteForce(places);
        let from = 0;
        const expected = each.map(({ count }) => {
          from += count;
          return persons.slice(from - count, from).filter((person) => person !== null);
        });
        expect(assign(each)).toEqual(expected);
      }),
      'assignment to slots',
    );
  });

  it('does not go through all assignments where each slot wants what the later ones need', () => {
    // Fifty slots of twenty, each of which would do with twenty persons less than the one before.
    const persons = Array.from({ length: 1_000 }, (_, index) => `p${String(index).padStart(4, '0')}`);
    const slots = Array.from({ length: 50 }, (_, index) => ({
      count: 20,
      qualified: persons.slice(0, 1_000 - 20 * index),
    }));
    const expected = slots.map((_, index) => persons.slice(980 - 20 * index, 1_000 - 20 * index));
    expect(assign(slots)).toEqual(expected);
  });
});

/** Each slot has one place; null is an empty one. */
function assignPlaces(places: readonly (readonly string[])[]): readonly (string | null)[] {
  return assign(places.map((qualified) => ({ count: 1, qualified }))).map(([person]) => person ?? null);
}

/**
 * Tries every assignment; a filled place before an empty one, a smaller person before a greater one, the
 * first place first.
 */
function bruteForce(places: readonly (readonly string[])[]): readonly (string | null)[] {
  let best: readonly (string | null)[] = places.map(() => null);
  const filledIn = (assignment: readonly (string | null)[]): number =>
    assignment.filter((person) => person !== null).length;
  const visit = (assignment: readonly (string | null)[]): void => {
    const persons = places[assignment.length];
    if (persons === undefined) {
      // Assignments come in ascending order, so that the first of those with the most is the smallest.
      if (filledIn(assignment) > filledIn(best)) best = assignment;
      return;
    }
    for (const person of [...persons, null]) {
      if (person === null || !assignment.includes(person)) visit([...assignment, person]);
    }
  };
  visit([]);
  return best;
}
