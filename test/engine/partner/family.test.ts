import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryOn } from '../../../src/engine/partner/entry-on.ts';
import {
  childrenIn,
  familyOf,
  findCycle,
  findTooDeep,
  type Hierarchy,
  type HierarchyEntry,
  MAX_DEPTH,
} from '../../../src/engine/partner/family.ts';
import { checkProperty } from '../support/check-property.ts';

const DAYS = Array.from({ length: 8 }, (_, day) => day);

/** The ancestors on a day, nearest first, up to where one comes up again. */
function ancestorsOn(partnerId: string, hierarchy: Hierarchy, on: number): readonly string[] {
  const ancestors: string[] = [];
  for (let at: string | null = partnerId; at !== null; ) {
    const parentId: string | null = entryOn(hierarchy.get(at) ?? [], on)?.parentId ?? null;
    if (parentId === null || ancestors.includes(parentId)) break;
    ancestors.push(parentId);
    at = parentId;
  }
  return ancestors;
}

function anyHierarchy(size: number): fc.Arbitrary<Hierarchy> {
  return fc
    .array(
      fc.uniqueArray(
        fc.record({
          firstOn: fc.integer({ min: 0, max: 6 }),
          parentId: fc.option(fc.integer({ min: 0, max: size - 1 }).map(String)),
        }),
        { selector: ({ firstOn }) => firstOn, maxLength: 3 },
      ),
      { minLength: size, maxLength: size },
    )
    .map(
      (partners) =>
        new Map(
          partners.map((entries, id) => [String(id), entries.toSorted((a, b) => a.firstOn - b.firstOn)]),
        ),
    );
}

/** A line of so many partners, each below the one before it from a day of its own on. */
function chain(length: number): Map<string, HierarchyEntry[]> {
  return new Map(
    Array.from({ length }, (_, index) => [
      String(index),
      [{ firstOn: index % 7, parentId: index === 0 ? null : String(index - 1) }],
    ]),
  );
}

describe('rule 15', () => {
  test('a family is all below on the days on which they are, also where stored parents go round in a circle', () => {
    checkProperty(
      fc.property(anyHierarchy(6), (hierarchy) => {
        for (const root of hierarchy.keys()) {
          const family = familyOf(root, childrenIn(hierarchy));
          for (const partnerId of hierarchy.keys()) {
            const runs = family.filter((member) => member.partnerId === partnerId);
            const found = DAYS.filter((day) =>
              runs.some(({ memberships }) =>
                memberships.some(({ from, until }) => from <= day && (until === null || day < until)),
              ),
            );
            const expected =
              partnerId === root
                ? []
                : DAYS.filter((day) => ancestorsOn(partnerId, hierarchy, day).includes(root));
            expect([root, partnerId, found]).toEqual([root, partnerId, expected]);
          }
        }
      }),
    );
  });

  test('the first day is found on which a partner is above itself', () => {
    checkProperty(
      fc.property(anyHierarchy(5), fc.integer({ min: 0, max: 6 }), (hierarchy, from) => {
        for (const id of hierarchy.keys()) {
          const expected = DAYS.find((day) => day >= from && ancestorsOn(id, hierarchy, day).includes(id));
          expect([id, findCycle(id, hierarchy, from)]).toEqual([id, expected ?? null]);
        }
      }),
    );
  });

  test('what a family takes grows with its members, however deep it is and however many days it changed on', () => {
    const steps = (length: number): number => {
      let read = 0;
      const hierarchy = new Map(
        [...chain(length)].map(([id, entries]) => [
          id,
          entries.map((entry) => ({
            firstOn: entry.firstOn,
            get parentId() {
              read++;
              return entry.parentId;
            },
          })),
        ]),
      );
      const children = childrenIn(hierarchy);
      let links = 0;
      const family = familyOf('0', (id) => {
        links++;
        return children(id);
      });
      expect(family).toHaveLength(length - 1);
      expect(findCycle(String(length - 1), hierarchy, 0)).toBe(null);
      return read + links;
    };
    expect(steps(600) / steps(300)).toBeCloseTo(2, 1);
  });
});

describe('rule 37', () => {
  const tooDeep = (partnerId: string, hierarchy: Hierarchy, from = 0) =>
    findTooDeep(partnerId, hierarchy, childrenIn(hierarchy), from);

  test(`${MAX_DEPTH} may stand above one another, and no more, whichever of them is looked at`, () => {
    const full = chain(MAX_DEPTH);
    for (const id of full.keys()) expect(tooDeep(id, full)).toBe(null);
    const over = chain(MAX_DEPTH + 1);
    // From the day on which the last of them has its parent.
    for (const id of over.keys()) expect([id, tooDeep(id, over)]).toEqual([id, 6]);
  });

  test('the first day is found on which they would, and only days from the one given count', () => {
    const hierarchy = chain(MAX_DEPTH + 1);
    hierarchy.set('10', [
      { firstOn: 0, parentId: null },
      { firstOn: 20, parentId: '9' },
      { firstOn: 30, parentId: null },
    ]);
    expect(tooDeep('15', hierarchy)).toBe(20);
    expect(tooDeep('15', hierarchy, 25)).toBe(25);
    expect(tooDeep('15', hierarchy, 30)).toBe(null);
  });

  test('it is found as by walking up from each day', () => {
    const depthOn = (id: string, hierarchy: Hierarchy, on: number): number =>
      Math.max(
        ...[...hierarchy.keys()]
          .filter((other) => other === id || ancestorsOn(other, hierarchy, on).includes(id))
          .map((other) => ancestorsOn(other, hierarchy, on).length + 1),
      );
    checkProperty(
      fc.property(anyHierarchy(4), (drawn) => {
        // Below a line that leaves room for two, so that a few partners suffice.
        const line = Array.from({ length: MAX_DEPTH - 2 }, (_, index): [string, HierarchyEntry[]] => [
          `line ${index}`,
          [{ firstOn: 0, parentId: index === 0 ? null : `line ${index - 1}` }],
        ]);
        const foot = `line ${MAX_DEPTH - 3}`;
        const below = [...drawn].map(([id, entries]): [string, HierarchyEntry[]] => [
          id,
          entries.map(({ firstOn, parentId }) => ({ firstOn, parentId: parentId ?? foot })),
        ]);
        const hierarchy = new Map([...line, ...below]);
        const circular = DAYS.some((day) =>
          [...drawn.keys()].some((id) => ancestorsOn(id, hierarchy, day).includes(id)),
        );
        if (circular) return;
        for (const id of [...drawn.keys(), foot]) {
          const expected = DAYS.find((day) => depthOn(id, hierarchy, day) > MAX_DEPTH) ?? null;
          expect([id, tooDeep(id, hierarchy)]).toEqual([id, expected]);
        }
      }),
    );
  });
});
