import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenApp } from '../../src/app/open-app.ts';
import { createProgram } from '../../src/app/writing/create-program.ts';
import { granted, publish, SMALL_RULEBOOK } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';
import { answer } from './ask.ts';

let opened: OpenApp;
const today = '2026-11-23';

beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.parse(`${today}T12:00:00Z`) });
  const [code, name] = ['new', 'New'];
  const satisfactionScale = { minimum: '0', maximum: '10' };
  const others = { timeZone: 'UTC', currency: 'EUR', fiscalYearFirstMonth: 1, measurementKinds: [] };
  granted(await createProgram(opened.app, { code, name, satisfactionScale, ...others }));
});
afterAll(() => opened.close());

const ENROLL = `mutation ($input: EnrollPartnerInput!) {
  enrollPartner(input: $input) {
    __typename
    ... on PartnerEnrolled { warnings partner { tier { code } standing { computedTier { code } proof {
      tier { code } requirement { ... on HeldProof { heldSince daysHeld metOn requiredMonths tier { code } explanation } }
    } } } }
  }
}`;

async function enroll(externalRef: string, start: unknown) {
  const partner = { program: 'new', externalRef, name: externalRef, country: 'DE', region: 'EMEA', start };
  const { enrollPartner } = (await answer(opened, ENROLL, { input: partner })) as { enrollPartner: unknown };
  return enrollPartner;
}

test('rule 51: a partner is enrolled with a tier that it had before; a code or a day that cannot be is refused', async () => {
  const early = await enroll('early', { tier: 'GOLD', since: '2026-01-01' });
  expect(early).toMatchObject({
    warnings: [
      'No rulebook is published yet: the partner starts with "GOLD" only if the first one has such a tier.',
    ],
    partner: { tier: null },
  });

  const [base, silver, gold] = SMALL_RULEBOOK.tiers;
  const held = { held: 'GOLD', for: { months: 24 } };
  const document = {
    ...SMALL_RULEBOOK,
    format: 2,
    tiers: [base, silver, gold, { code: 'LEGEND', name: { en: 'Legend', de: 'Legende' }, requirement: held }],
    policy: { demotion: { mode: 'GRACE', grace: { days: 90 }, step: 'WHOLE' } },
  };
  await publish(opened.app, 'new', document, today);

  expect(await enroll('late', { tier: 'GOLD', since: '2026-01-01' })).toMatchObject({
    warnings: [],
    partner: {
      tier: { code: 'GOLD' },
      standing: {
        computedTier: { code: 'BASE' },
        proof: [
          {
            tier: { code: 'LEGEND' },
            requirement: {
              heldSince: '2026-01-01',
              daysHeld: 326,
              metOn: '2028-01-01',
              requiredMonths: 24,
              tier: { code: 'GOLD' },
            },
          },
          {},
          {},
          {},
        ],
      },
    },
  });
  await expect(enroll('wrong', { tier: 'PEARL', since: '2026-01-01' })).rejects.toThrow(
    'The rulebook in force on 2026-11-23 has no tier "PEARL".',
  );
  await expect(enroll('wrong', { tier: 'GOLD', since: '2026-11-24' })).rejects.toThrow(
    'The tier is held since 2026-11-24, after enrolledOn 2026-11-23.',
  );
  await expect(enroll('wrong', { tier: 'GOLD', since: 'yesterday' })).rejects.toThrow('yesterday');
});
