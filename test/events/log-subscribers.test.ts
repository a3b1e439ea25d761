import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChangeDetail } from '../../src/engine/changes/change.ts';
import { createLogSubscribers } from '../../src/events/log-subscribers.ts';
import { createMatcher } from '../../src/events/matches-filter.ts';
import type { LogEntry } from '../../src/store/encoding/log-entry.ts';
import type { ChangeFilter } from '../../src/store/reading/read-log.ts';
import { fakeEntry } from './support/fake-log.ts';

const PARTNERS = ['a', 'b', 'c'];
const REGIONS = ['DACH', 'UKI'];
const TIERS = ['BASE', 'SILVER', 'GOLD'];
const AREAS = ['VIDEO', 'NETWORKING'];

const anyDetail: fc.Arbitrary<ChangeDetail> = fc.oneof(
  fc.record({
    type: fc.constant('TierChanged' as const),
    from: fc.option(fc.constantFrom(...TIERS)),
    to: fc.option(fc.constantFrom(...TIERS)),
    direction: fc.constantFrom('UP' as const, 'DOWN' as const, 'ENTERED' as const),
    since: fc.constant(0),
  }),
  fc.record({
    type: fc.constantFrom('SpecializationEarned' as const, 'SpecializationLapsed' as const),
    specialization: fc.constantFrom(...AREAS),
    since: fc.constant(0),
  }),
  fc.constant({ type: 'RiskCleared' as const }),
);

const anyEntries = fc
  .array(
    fc.record({
      partnerId: fc.constantFrom(...PARTNERS),
      region: fc.constantFrom(...REGIONS),
      detail: anyDetail,
    }),
    { maxLength: 20 },
  )
  .map((given) =>
    given.map(({ partnerId, region, detail }, index): LogEntry => {
      const change = {
        on: 0,
        trigger: 'FACT',
        rulebookId: null,
        previousRulebookId: null,
        detail,
      } as const;
      return fakeEntry('p', index + 1, { partnerId, region, change });
    }),
  );

const anyFilter: fc.Arbitrary<ChangeFilter> = fc.record(
  {
    partnerIds: fc.subarray(PARTNERS),
    types: fc.subarray<ChangeDetail['type']>(['TierChanged', 'SpecializationEarned', 'RiskCleared']),
    tiers: fc.subarray(TIERS),
    directions: fc.subarray(['UP', 'DOWN', 'ENTERED']),
    specializations: fc.subarray(AREAS),
    regions: fc.subarray(REGIONS),
  },
  { requiredKeys: [] },
);

test('whoever waits is woken once, at the first entry that passes its filter or at its deadline, and nobody else is', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ filter: anyFilter, until: fc.integer({ min: 1, max: 25 }) }), { maxLength: 20 }),
      anyEntries,
      fc.integer({ min: 0, max: 20 }),
      (waits, entries, split) => {
        const subscribers = createLogSubscribers();
        const wokenAt = waits.map((): (number | null)[] => []);
        const joined = waits.map(({ filter, until }, index) => {
          const membership = subscribers.join(filter, {
            wake: (position) => void wokenAt[index]?.push(position),
          });
          membership.wait(until);
          return membership;
        });
        subscribers.announce(entries.slice(0, split));
        subscribers.announce(entries.slice(split));
        const expected = waits.map(({ filter, until }) =>
          entries
            .filter((entry) => createMatcher(filter)(entry) || entry.position === until)
            .map(({ position }) => position)
            .slice(0, 1),
        );
        expect(wokenAt).toEqual(expected);
        for (const membership of joined) membership.leave();
        expect(subscribers.size).toBe(0);
      },
    ),
  );
});

test('nobody is woken who ended its wait, and everybody else when the log is replaced', () => {
  const subscribers = createLogSubscribers();
  const woken: string[] = [];
  const narrow = subscribers.join(
    { partnerIds: [] },
    { wake: (position) => void woken.push(`narrow ${position}`) },
  );
  const wide = subscribers.join({}, { wake: (position) => void woken.push(`wide ${position}`) });
  const gone = subscribers.join({}, { wake: () => void woken.push('gone') });
  narrow.wait(1);
  narrow.stopWaiting();
  wide.wait(5);
  wide.stopWaiting();
  gone.wait(1);
  gone.leave();
  subscribers.announce([fakeEntry('p', 1)]);
  expect(woken).toEqual([]);
  narrow.wait(5);
  wide.wait(5);
  subscribers.announceReplaced();
  expect(woken).toEqual(['narrow null', 'wide null']);
  subscribers.announce([fakeEntry('p', 5)]);
  expect(woken).toHaveLength(2);
});

test('a deadline holds for the last wait, whatever the waits before it had', () => {
  const subscribers = createLogSubscribers();
  const woken: (number | null)[] = [];
  const narrow = subscribers.join({ partnerIds: [] }, { wake: (position) => void woken.push(position) });
  const announce = (position: number) => subscribers.announce([fakeEntry('p', position)]);
  narrow.wait(3);
  narrow.stopWaiting();
  narrow.wait(6);
  for (let position = 1; position <= 5; position++) announce(position);
  expect(woken).toEqual([]);
  announce(6);
  expect(woken).toEqual([6]);
  // As after a restore, when the log is shorter.
  narrow.wait(1_000);
  subscribers.announceReplaced();
  narrow.wait(8);
  announce(8);
  expect(woken).toEqual([6, null, 8]);
  narrow.wait(9);
  narrow.leave();
  announce(9);
  expect(woken).toHaveLength(3);
});

test('an entry is held against the filters that its index lists only, each once however many share it', () => {
  const subscribers = createLogSubscribers();
  let looked = 0;
  const counting = (partnerId: string): ChangeFilter => ({
    partnerIds: [partnerId],
    regions: ['DACH'],
  });
  let woken = 0;
  const sleeper = {
    wake() {
      woken += 1;
    },
  };
  for (let partner = 0; partner < 2_000; partner++) {
    for (let copy = 0; copy < 2; copy++) subscribers.join(counting(`${partner}`), sleeper).wait(1_000);
  }
  const watched = Object.defineProperty({ ...fakeEntry('p', 1) }, 'partnerId', {
    get() {
      looked += 1;
      return '1234';
    },
  });
  subscribers.announce([watched]);
  expect(woken).toBe(2);
  // Once to ask the index and once to hold it against the one filter.
  expect(looked).toBe(2);
});
