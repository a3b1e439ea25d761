import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FactInput } from '../../src/app/naming/fact-input.ts';
import type { OpenApp } from '../../src/app/open-app.ts';
import { correctFact, voidFact } from '../../src/app/writing/amend-fact.ts';
import { publishRulebook } from '../../src/app/writing/publish-rulebook.ts';
import { type RowOutcome, recordFacts } from '../../src/app/writing/record-facts.ts';
import { saveRulebookDraft } from '../../src/app/writing/save-rulebook-draft.ts';
import { updatePartner } from '../../src/app/writing/update-partner.ts';
import { RULEBOOK_LIMITS } from '../../src/engine/format/rulebook-limits.ts';
import { formatDay } from '../../src/engine/values/day.ts';
import { createSmallProgram, day, enroll, granted, publish, SMALL_RULEBOOK } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
const { items: ALLOWED } = RULEBOOK_LIMITS;
const name = { en: 'Name', de: 'Name' };

/** Silver takes revenue of 1 EUR in each area, of the partner's own or of its family's. */
function rulebookOf(scope: 'OWN' | 'FAMILY') {
  const measure = {
    metric: { fact: 'revenue', aggregate: 'SUM', window: { trailing: { months: 12 } }, scope },
  };
  const requirement = {
    forEach: {
      dimension: 'attributes.area',
      where: { measure, above: '0' },
      need: 'ALL',
      body: { measure, atLeast: '1' },
    },
  };
  return {
    ...SMALL_RULEBOOK,
    measures: {},
    specializations: [],
    remap: { GOLD: 'SILVER' },
    tiers: [
      { code: 'BASE', name },
      // Two with the same dimension: it is counted and told once.
      { code: 'SILVER', name, requirement: { allOf: [requirement, requirement] } },
    ],
  };
}

function inArea(externalId: string, partner: string, area: string, amount = '1'): FactInput {
  return {
    externalId,
    partner,
    occurredOn: '2026-06-01',
    detail: {
      type: 'revenue',
      amount,
      currency: 'EUR',
      attributes: [
        { name: 'note', value: 'x' },
        { name: 'area', value: area },
      ],
    },
  };
}
/** A row in each area from one number until before another. */
function inAreas(partner: string, from: number, until: number): readonly FactInput[] {
  return Array.from({ length: until - from }, (_, index) =>
    inArea(`${partner}-${from + index}`, partner, `Area ${from + index}`),
  );
}

let opened: OpenApp;
async function record(
  facts: readonly FactInput[],
  onError: 'SKIP_ROW' | 'REJECT_ALL' = 'SKIP_ROW',
  program = 'own',
) {
  return recordFacts(opened.app, { program, source: 'crm', facts, onError });
}
function typesOf(rows: readonly RowOutcome[]) {
  return rows.map((row) => row.type);
}
function sentence(partner: string, count: number) {
  return (
    `The partner "${partner}" would have ${count} different values of attributes.area, for each of which a rulebook ` +
    `judges; ${ALLOWED} are allowed.`
  );
}

beforeAll(async () => {
  opened = await openTestApp({ clock: () => NOW });
  for (const scope of ['OWN', 'FAMILY'] as const) {
    const program = scope.toLowerCase();
    await createSmallProgram(opened.app, program);
    await publish(opened.app, program, rulebookOf(scope), '2020-01-02');
  }
});
afterAll(() => opened.close());

describe('the items of a dimension', () => {
  test('rows that bring a partner more items than allowed are refused with their places, and the others go in', async () => {
    await enroll(opened.app, ['A', 'B'], 'own');
    const tooMany = inAreas('A', 0, ALLOWED + 1);
    const rows = [inArea('b-1', 'B', 'Area 1'), ...tooMany, inArea('A-0', 'A', 'Area 0')];
    const { rows: outcomes } = granted(await record(rows));
    expect(typesOf(outcomes)).toEqual(['RECORDED', ...Array(ALLOWED + 2).fill('REJECTED')]);
    expect(outcomes[2]).toEqual({
      type: 'REJECTED',
      index: 2,
      code: 'TOO_MANY_ITEMS',
      path: 'facts[2].detail.revenue.attributes[1].value',
      message: sentence('A', ALLOWED + 1),
    });
    expect(await record(tooMany, 'REJECT_ALL')).toMatchObject({
      refused: 'FACTS_REJECTED',
      rejections: { length: ALLOWED + 1 },
    });
  });

  test('up to the limit they go in; then rows with a known item or none do, a correction or a void too', async () => {
    await enroll(opened.app, ['C'], 'own');
    granted(await record(inAreas('C', 0, ALLOWED - 1)));
    const last = granted(await record(inAreas('C', ALLOWED - 1, ALLOWED)));
    expect(typesOf(last.rows)).toEqual(['RECORDED']);
    const rows = [inArea('c-new', 'C', 'New'), inArea('c-known', 'C', 'Area 7')];
    const { rows: outcomes } = granted(await record(rows));
    expect(outcomes).toMatchObject([
      { type: 'REJECTED', code: 'TOO_MANY_ITEMS', message: sentence('C', ALLOWED + 1) },
      { type: 'RECORDED' },
    ]);
    const amend = { program: 'own', source: 'crm' };
    const known = { ...amend, externalId: 'c-known', expectedVersion: 1 };
    expect(await correctFact(opened.app, { ...known, fact: inArea('', 'C', 'New') })).toEqual({
      refused: 'CONTENT_REFUSED',
      message: sentence('C', ALLOWED + 1),
      rejection: {
        code: 'TOO_MANY_ITEMS',
        path: 'fact.detail.revenue.attributes[1].value',
        message: sentence('C', ALLOWED + 1),
      },
    });
    // One item takes the place of another.
    const only = { ...amend, externalId: 'C-3', expectedVersion: 1 };
    granted(await correctFact(opened.app, { ...only, fact: inArea('', 'C', 'New') }));
    granted(await voidFact(opened.app, { ...amend, externalId: 'C-4', expectedVersion: 1 }));
    expect(typesOf(granted(await record([inArea('c-other', 'C', 'Other')])).rows)).toEqual(['RECORDED']);
  });

  test("where families count, a family's items are those of whoever is above, and so are those that a move brings", async () => {
    await enroll(opened.app, ['TOP', 'X', 'Y'], 'family');
    const move = (partner: string) =>
      updatePartner(opened.app, { program: 'family', partner, firstOn: null, parent: 'TOP' });
    granted(await move('X'));
    granted(await record(inAreas('X', 0, ALLOWED - 1), 'SKIP_ROW', 'family'));
    granted(await record(inAreas('TOP', ALLOWED, ALLOWED + 1), 'SKIP_ROW', 'family'));
    granted(await record(inAreas('Y', ALLOWED + 1, ALLOWED + 2), 'SKIP_ROW', 'family'));
    const more = [...inAreas('X', ALLOWED - 1, ALLOWED), inArea('x-again', 'X', 'Area 5')];
    const { rows } = granted(await record(more, 'SKIP_ROW', 'family'));
    expect(rows).toMatchObject([
      { type: 'REJECTED', code: 'TOO_MANY_ITEMS', message: sentence('TOP', ALLOWED + 1) },
      { type: 'RECORDED' },
    ]);
    expect(await move('Y')).toEqual({
      refused: 'INVALID_INPUT',
      message: sentence('TOP', ALLOWED + 1),
      path: 'parent',
    });
  });

  test.each(['OWN', 'FAMILY'] as const)(
    'a rulebook is not published where partners have more items than allowed (%s)',
    async (scope) => {
      const program = `late-${scope.toLowerCase()}`;
      await createSmallProgram(opened.app, program);
      await enroll(opened.app, ['TOP', 'SUB', 'SMALL'], program);
      const under = { program, partner: 'SUB', firstOn: null, parent: 'TOP' };
      granted(await updatePartner(opened.app, under));
      granted(await record(inAreas('SMALL', 0, ALLOWED), 'SKIP_ROW', program));
      granted(await record(inAreas('SUB', 0, ALLOWED), 'SKIP_ROW', program));
      granted(await record(inAreas('TOP', ALLOWED, ALLOWED + 1), 'SKIP_ROW', program));
      const document = rulebookOf(scope);
      const draft = granted(await saveRulebookDraft(opened.app, { program, document, draft: null }));
      const publishIt = () =>
        publishRulebook(opened.app, { rulebook: draft.rulebookId, effectiveFrom: day('2026-07-01') });
      if (scope === 'OWN') granted(await record(inAreas('SUB', ALLOWED, ALLOWED + 3), 'SKIP_ROW', program));
      expect(await publishIt()).toMatchObject({
        refused: 'NOT_PUBLISHABLE',
        problems: [
          {
            path: '/tiers/1/requirement/allOf/0/forEach/dimension',
            message:
              `A partner may have ${ALLOWED} different values of attributes.area, and 1 has more: ` +
              (scope === 'OWN' ? `"SUB" has ${ALLOWED + 3}.` : `"TOP" has ${ALLOWED + 1}.`),
          },
        ],
      });
      const voided = (externalId: string) =>
        voidFact(opened.app, { program, source: 'crm', externalId, expectedVersion: 1 });
      for (const index of [0, 1, 2]) granted(await voided(`SUB-${index}`));
      granted(await publishIt());
    },
  );

  test('a rulebook that measures over weeks is not published where partners have facts in more than allowed', async () => {
    const program = 'weeks';
    await createSmallProgram(opened.app, program);
    await enroll(opened.app, ['OFTEN'], program);
    const rows = Array.from({ length: RULEBOOK_LIMITS.itemsOver + 1 }, (_, week) => ({
      ...inArea(`w-${week}`, 'OFTEN', 'Area'),
      // From a Sunday on: two days in the first two weeks, then one in each.
      occurredOn: formatDay(day('2000-01-02') + Math.max(1, 7 * week - 6) - Number(week === 0)),
    }));
    for (const some of [rows.slice(0, 600), rows.slice(600)])
      granted(await record(some, 'SKIP_ROW', program));
    const publishOver = async (dimension: unknown) => {
      const measure = { metric: { fact: 'revenue', aggregate: 'SUM', window: { allTime: true } } };
      const over = { measure: { over: { dimension, of: measure, aggregate: 'COUNT' } }, atLeast: '1' };
      const document = {
        ...rulebookOf('OWN'),
        format: 2,
        tiers: [
          { code: 'BASE', name },
          { code: 'SILVER', name, requirement: over },
        ],
      };
      const draft = granted(await saveRulebookDraft(opened.app, { program, document, draft: null }));
      return publishRulebook(opened.app, { rulebook: draft.rulebookId, effectiveFrom: day('2026-07-01') });
    };
    expect(await publishOver({ occurredOn: 'WEEK' })).toMatchObject({
      refused: 'NOT_PUBLISHABLE',
      problems: [
        {
          path: '/tiers/1/requirement/measure/over/dimension',
          message:
            'A partner may have 1000 different values of occurredOn/WEEK, and 1 has more: "OFTEN" has 1001.',
        },
      ],
    });
    granted(await publishOver({ occurredOn: 'MONTH', fiscal: true }));
  });

  test('what was recorded before is judged, and takes rows that bring no new item', async () => {
    await enroll(opened.app, ['OLD'], 'own');
    granted(await record(inAreas('OLD', 0, ALLOWED), 'SKIP_ROW'));
    const { prisma } = opened.app.database;
    await prisma.$executeRaw`
      INSERT INTO fact SELECT (json_populate_record(f, json_build_object('id', gen_random_uuid(), 'external_id', 'old-x',
        'attributes', json_build_object('area', 'Beyond')))).* FROM fact f WHERE f.external_id = 'OLD-0'`;
    const { rows, changes } = granted(
      await record([inArea('old-1', 'OLD', 'Area 5', '-1.5'), inArea('old-2', 'OLD', 'More')]),
    );
    expect(rows).toMatchObject([
      { type: 'RECORDED' },
      { type: 'REJECTED', code: 'TOO_MANY_ITEMS', message: sentence('OLD', ALLOWED + 2) },
    ]);
    expect(changes).toEqual([]);
    const only = { program: 'own', source: 'crm', externalId: 'OLD-9', expectedVersion: 1 };
    granted(await correctFact(opened.app, { ...only, fact: inArea('', 'OLD', 'Area 9', '2') }));
  });
});
