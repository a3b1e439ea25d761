import { afterAll, beforeAll, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import type { OpenApp } from '../../src/app/open-app.ts';
import { overrideTier } from '../../src/app/writing/override-tier.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { createSmallProgram, day, enroll, granted, revenue } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';
import { answer } from './ask.ts';

let opened: OpenApp;
let override = '';
let isCrowded = false;

beforeAll(async () => {
  opened = await openTestApp({
    // The first that a write asks for in its transaction.
    clock: () => {
      if (isCrowded) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      return Date.UTC(2026, 10, 23, 12);
    },
  });
  const { app } = opened;
  await createSmallProgram(app);
  await enroll(app, ['A']);
  const facts = [revenue('1', 'A', '100', '2026-11-01')];
  granted(await recordFacts(app, { program: 'small', source: 'crm', facts, onError: 'REJECT_ALL' }));
  const days = { firstOn: day('2026-12-01'), endsOn: day('2026-12-24') };
  granted(
    await overrideTier(app, {
      program: 'small',
      partner: 'A',
      tier: 'GOLD',
      reason: 'x',
      actor: 'y',
      ...days,
    }),
  );
  const found = await answer(
    opened,
    '{ partner(by: { ref: { program: "small", externalRef: "A" } }) { overrides { nodes { id } } } }',
  );
  override = /"id":"([^"]+)"/.exec(JSON.stringify(found))?.[1] ?? '';
});

afterAll(() => opened.close());

const FACT = 'partner: "A", occurredOn: "2026-11-02", detail: { revenue: { amount: "1", currency: "EUR" } }';
const KEY = 'program: "small", source: "crm", externalId: "1", expectedVersion: 1';
function inputs(): Readonly<Record<string, string>> {
  return {
    recordFacts: `program: "small", source: "crm", facts: [{ externalId: "2", ${FACT} }]`,
    correctFact: `${KEY}, fact: { ${FACT} }`,
    voidFact: KEY,
    enrollPartner: 'program: "small", externalRef: "B", name: "B", country: "DE", region: "DACH"',
    updatePartner: 'program: "small", partner: "A", name: "Another"',
    overrideTier:
      'program: "small", partner: "A", tier: "GOLD", firstOn: "2027-01-01", endsOn: "2027-02-01", reason: "x", actor: "y"',
    endOverride: `override: "${override}"`,
  };
}

const CONTENT = `{
  partners(program: "small") {
    nodes { name facts { nodes { id isVoid } } overrides { nodes { endsOn } } statusChanges { totalCount } }
  }
}`;

test('whatever the database gives up again and again is refused with TRY_AGAIN, and nothing was done', async () => {
  const before = await answer(opened, CONTENT);
  const refusing = Object.keys(inputs());
  for (const name of refusing) {
    isCrowded = true;
    const result = await answer(
      opened,
      `mutation { ${name}(input: { ${inputs()[name]} }) { __typename ... on Refusal { code } } }`,
    ).finally(() => {
      isCrowded = false;
    });
    expect(result).toEqual({ [name]: { __typename: 'TryAgain', code: 'TRY_AGAIN' } });
  }
  expect(await answer(opened, CONTENT)).toEqual(before);
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  const canRefuse = mutations.filter(({ type }) => {
    const union = schema.getType(String(type).replace('!', ''));
    return union !== undefined && 'getTypes' in union && String(union.getTypes()).includes('TryAgain');
  });
  expect(canRefuse.map(({ name }) => name)).toEqual(refusing.sort());
});
