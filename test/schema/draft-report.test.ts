import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenApp } from '../../src/app/open-app.ts';
import { saveRulebookDraft } from '../../src/app/writing/save-rulebook-draft.ts';
import { createSmallProgram, granted, SMALL_RULEBOOK } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';
import { answer } from './ask.ts';

let opened: OpenApp;
beforeAll(async () => {
  opened = await openTestApp();
  await createSmallProgram(opened.app);
});
afterAll(() => opened.close());

test('a draft tells its scenarios, red or green with the reason, and what may not be meant', async () => {
  const scenario = (name: string, value: string) => ({
    name: { en: name, de: `${name} (de)` },
    on: '2026-06-01',
    facts: [{ fact: 'revenue', on: '2026-05-01', value }],
    expect: { tier: 'ONE' },
  });
  const sum = { metric: { fact: 'revenue', aggregate: 'SUM', window: { calendar: 'YEAR' } } };
  const document = {
    ...SMALL_RULEBOOK,
    format: 2,
    tiers: [
      { code: 'BASE', name: { en: 'Base' } },
      { code: 'ONE', name: { en: 'One', de: 'Eins' }, requirement: { measure: sum, atLeast: '300' } },
    ],
    scenarios: [scenario('enough', '300'), scenario('too little', '299.5')],
  };
  granted(await saveRulebookDraft(opened.app, { program: 'small', document, draft: null }));
  const answered = await answer(
    opened,
    `{ program(code: "small") { rulebookDrafts { nodes {
      scenarios { path name(locale: DE) isGreen mismatches explanations(locale: DE) }
      warnings { code path message }
    } } } }`,
  );
  expect(answered).toMatchObject({
    program: {
      rulebookDrafts: {
        nodes: [
          {
            scenarios: [
              { path: '/scenarios/0', name: 'enough (de)', isGreen: true, mismatches: [], explanations: [] },
              {
                path: '/scenarios/1',
                name: 'too little (de)',
                isGreen: false,
                mismatches: ['The tier should be ONE, and is BASE.'],
                explanations: [
                  'Für Eins nötig: Umsatz von mindestens 300,00 EUR vom 01.01.2026 bis 01.06.2026; gezählt: 299,50 EUR, es fehlen 0,50 EUR.',
                ],
              },
            ],
            warnings: expect.arrayContaining([
              expect.objectContaining({ code: 'DROPS_AT_ONCE', path: '/tiers/1/requirement/measure' }),
            ]),
          },
        ],
      },
    },
  });
});
