import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FactInput } from '../../src/app/naming/fact-input.ts';
import type { KnownStanding } from '../../src/app/reading/read-standing.ts';
import { correctFact, voidFact } from '../../src/app/writing/amend-fact.ts';
import { enrollPartners } from '../../src/app/writing/enroll-partners.ts';
import { endOverride, overrideTier } from '../../src/app/writing/override-tier.ts';
import { publishRulebook } from '../../src/app/writing/publish-rulebook.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { saveRulebookDraft } from '../../src/app/writing/save-rulebook-draft.ts';
import { updatePartner } from '../../src/app/writing/update-partner.ts';
import { withdrawRulebook } from '../../src/app/writing/withdraw-rulebook.ts';
import { formatDay } from '../../src/engine/values/day.ts';
import { findFaults } from '../support/check-standings.ts';
import { createDraw } from '../support/draw.ts';
import { certificate, day, granted, publish, revenue, SMALL_RULEBOOK } from '../support/fixtures.ts';
import { isLong, long } from '../support/long.ts';
import { createBareProgram, type MovingApp, openMovingApp } from './support/moving-app.ts';

const PARTNERS = 40;
// Long, since a history has to come to states that need many steps.
const STEPS = Number(process.env.HISTORY_STEPS ?? long(80, 220));

let moving: MovingApp;
beforeAll(async () => {
  moving = await openMovingApp('2026-01-10');
});
afterAll(() => moving.close());

/**
 * Silver and Gold by revenue of so many months, of the family where `scope` says so; every policy comes up.
 */
function rulebook(index: number, scope: 'OWN' | 'FAMILY', transition: object | null) {
  const { revenue: own } = SMALL_RULEBOOK.measures;
  const window = { trailing: { months: 2 + (index % 3) } };
  const demotions = [
    { mode: 'AT_ONCE', step: 'WHOLE' },
    { mode: 'GRACE', grace: { days: 20 }, step: 'ONE_STEP' },
    { mode: 'ON_REVIEW', review: { calendar: { fiscal: 'MONTH', offsetDays: 3 } }, step: 'WHOLE' },
  ];
  return {
    ...SMALL_RULEBOOK,
    measures: { revenue: { ...own, metric: { ...own.metric, window, scope } } },
    policy: {
      promotion: { mode: 'AT_ONCE' },
      demotion: demotions[index % 3],
      atRiskDays: 15,
      ...(index % 2 === 0 && { lock: { days: 25 } }),
    },
    ...transition,
  };
}

test.each([
  ['OWN', '2026-01-10'],
  ['FAMILY', '2028-01-10'],
] as const)(
  'rules 2, 3, 15, 24, 25 and 28: forty random histories through the store (%s): every answer can be repeated, and what is stored is what a recomputation says',
  async (scope, start) => {
    const seed = Number(process.env.PROPERTY_SEED ?? Date.now() % 2 ** 31);
    console.info(`histories of scope ${scope}: ${PARTNERS} partners, ${STEPS} steps, seed ${seed}`);
    const draw = createDraw(seed);
    const { app } = moving;
    const program = `histories-${scope.toLowerCase()}`;
    moving.goTo(start);
    await createBareProgram(app, program, 'Europe/Berlin');
    await publish(app, program, rulebook(0, scope, null), '2025-06-01');
    let today = day(start);
    const refs = Array.from({ length: PARTNERS }, (_, index) => `P${index}`);
    const partners = refs.map((externalRef, index) => ({
      externalRef,
      name: externalRef,
      country: 'DE',
      region: 'DACH',
      parent: scope === 'FAMILY' && index > 4 ? `P${index % 5}` : null,
      enrolledOn: today - draw(200) + 20,
    }));
    const { outcomes } = granted(await enrollPartners(app, { program, partners }));
    const ids = outcomes.map((outcome) => granted(outcome).partnerId);

    const versions = new Map<string, number>();
    const answers: { readonly id: string; readonly standing: KnownStanding }[] = [];
    const overrides: string[] = [];
    let published = 1;
    let done = 0;

    const anyRef = (): string => refs[draw(PARTNERS)] ?? '';
    const anyFact = (externalId: string): FactInput => {
      const on = today - draw(120) + 15;
      return draw(4) === 0
        ? certificate(
            externalId,
            anyRef(),
            `person-${draw(3)}`,
            formatDay(on),
            draw(2) === 0 ? null : formatDay(on + 1 + draw(90)),
          )
        : revenue(externalId, anyRef(), String(draw(1_400) - 300), formatDay(on));
    };
    const anyKey = () => {
      const [externalId = '', expectedVersion = 0] = [...versions][draw(Math.max(1, versions.size))] ?? [];
      return { program, source: 'test', externalId, expectedVersion };
    };
    const amended = (externalId: string, outcome: object): void => {
      if (!('refused' in outcome)) versions.set(externalId, (versions.get(externalId) ?? 0) + 1);
      done += 1;
    };

    const steps: Record<string, () => Promise<unknown>> = {
      async record() {
        const facts = Array.from({ length: 1 + draw(4) }, () => anyFact(`f${versions.size + draw(3)}`));
        const { rows } = granted(
          await recordFacts(app, { program, source: 'test', facts, onError: 'SKIP_ROW' }),
        );
        for (const row of rows) if (row.type === 'RECORDED') versions.set(row.fact.externalId, 1);
      },
      async correct() {
        const key = anyKey();
        amended(key.externalId, await correctFact(app, { ...key, fact: anyFact(key.externalId) }));
      },
      async void() {
        const key = anyKey();
        amended(key.externalId, await voidFact(app, key));
      },
      async override() {
        const firstOn = today + draw(10);
        const tier = ['BASE', 'SILVER', 'GOLD'][draw(3)] ?? '';
        const set = {
          program,
          partner: anyRef(),
          tier,
          firstOn,
          endsOn: firstOn + 1 + draw(30),
          reason: 'r',
          actor: 'a',
        };
        const outcome = await overrideTier(app, set);
        if (!('refused' in outcome)) overrides.push(outcome.override.id);
      },
      end: () =>
        endOverride(app, {
          program,
          override: overrides[draw(overrides.length)] ?? ids[0] ?? '',
          on: today + draw(5),
        }),
      async update() {
        const parent = { parent: draw(4) === 0 ? null : anyRef() };
        const leftOn = { leftOn: draw(2) === 0 ? null : today - 20 + draw(40) };
        const enrolledOn = { enrolledOn: today - 100 + draw(120) };
        const firstOn = draw(2) === 0 ? null : today - draw(60) + 20;
        const change = [parent, leftOn, enrolledOn, { ...enrolledOn, ...leftOn }, { name: `N${draw(9)}` }][
          draw(5)
        ];
        await updatePartner(app, { program, partner: anyRef(), firstOn, ...change });
      },
      async rules() {
        const until = formatDay(today + 20 + draw(60));
        const transition =
          [null, { transition: { mode: 'FLOOR', until } }, { transition: { mode: 'BOTH', until } }][
            draw(3)
          ] ?? null;
        const document = rulebook(published, scope, transition);
        const { rulebookId } = granted(await saveRulebookDraft(app, { program, document, draft: null }));
        const outcome = await publishRulebook(app, { rulebook: rulebookId, effectiveFrom: today + draw(15) });
        if ('refused' in outcome) return;
        published += 1;
        if (draw(3) === 0) await withdrawRulebook(app, { rulebook: rulebookId, reason: 'A wrong hurdle.' });
      },
      async pass() {
        today += 1 + draw(6);
        moving.goTo(formatDay(today));
        if (draw(2) === 0) await moving.judgeDue();
      },
      async ask() {
        const id = ids[draw(PARTNERS)] ?? '';
        const on = draw(3) === 0 ? null : formatDay(today - draw(150) + 60);
        answers.push({ id, standing: await moving.standing(id, on) });
      },
    };
    const weights = {
      record: 8,
      correct: 4,
      void: 2,
      override: 2,
      end: 1,
      update: 3,
      rules: 1,
      pass: 4,
      ask: 6,
    };
    const lots = Object.entries(weights).flatMap(([name, weight]) => Array<string>(weight).fill(name));
    for (let step = 0; step < STEPS; step++) await steps[lots[draw(lots.length)] ?? '']?.();
    await moving.judgeDue();

    expect(await findFaults(app, program)).toEqual([]);
    for (const { id, standing } of answers) {
      const again = await moving.standing(id, formatDay(standing.on), standing.knownAt);
      // What is recorded about others in one go may count as the latest for a whole family.
      expect(again.knownAt).toBeLessThanOrEqual(standing.knownAt);
      expect({ ...again, knownAt: standing.knownAt }).toEqual(standing);
    }
    // It was about something.
    if (isLong) expect([done, answers.length, overrides.length].filter((count) => count < 3)).toEqual([]);
  },
);
