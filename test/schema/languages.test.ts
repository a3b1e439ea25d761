import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenApp } from '../../src/app/open-app.ts';
import { enroll, publish } from '../support/fixtures.ts';
import { promised } from '../support/promised.ts';
import { openTestApp } from '../support/test-app.ts';
import { answer, ask } from './ask.ts';

let opened: OpenApp;
const today = '2026-11-23';
const CREATE = `mutation ($input: CreateProgramInput!) { createProgram(input: $input) {
  __typename ... on ProgramCreated { program { defaultLocale } } } }`;

async function create(name: unknown, more: Readonly<Record<string, unknown>> = {}) {
  const kind = { code: 'visits', unit: 'visits', name };
  const input = {
    code: 'small',
    name: 'Small',
    timeZone: 'UTC',
    currency: 'EUR',
    measurementKinds: [kind],
    ...more,
  };
  return (await answer(opened, CREATE, { input })) as { createProgram: unknown };
}

beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.parse(`${today}T12:00:00Z`) });
  const name = {
    others: [
      { tag: 'FR', text: 'visites' },
      { tag: 'de-ch', text: 'Besuche (CH)' },
    ],
  };
  expect(await create(name, { defaultLocale: 'fr-CA' })).toEqual({
    createProgram: { __typename: 'ProgramCreated', program: { defaultLocale: 'fr-CA' } },
  });
  const metric = { fact: 'visits', aggregate: 'SUM', window: { allTime: true } };
  const document = {
    format: 2,
    tiers: [
      { code: 'BASE', name: { fr: 'Base' } },
      { code: 'GOLD', name: { fr: 'Or', de: 'Gold' }, requirement: { measure: { metric }, atLeast: '5' } },
    ],
  };
  await publish(opened.app, 'small', document, today);
  await enroll(opened.app, ['A']);
});
afterAll(() => opened.close());

async function told(locale: string, variable?: string) {
  const [given, asked] = variable === undefined ? ['', locale] : ['($locale: Locale)', '$locale'];
  const query = `query ${given} { partner(by: { ref: { program: "small", externalRef: "A" } }) { standing { next {
    tier { name(locale: ${asked}) } missing { explanation(locale: ${asked}) } } } } }`;
  const { partner } = (await answer(opened, query, variable === undefined ? {} : { locale: variable })) as {
    partner: { standing: { next: { tier: { name: string }; missing: { explanation: string }[] } } };
  };
  const { tier, missing } = partner.standing.next;
  return [tier.name, ...missing.map(({ explanation }) => explanation)];
}

const ENGLISH = [
  'Or',
  'Or needs visites of at least 5 visits up to 2026-11-23; counted 0 visits, 5 visits are missing.',
];
const GERMAN = (kind: string) => [
  'Gold',
  `Für Gold nötig: ${kind} von mindestens 5 visits bis 23.11.2026; gezählt: 0 visits, es fehlen 5 visits.`,
];

test('names fall back to wider languages and then to the default of the programme, sentences to English', async () => {
  expect(await told('EN')).toEqual(ENGLISH);
  expect(await told('"en"')).toEqual(ENGLISH);
  expect(await told('"ja"')).toEqual(ENGLISH);
  expect(await told('DE')).toEqual(GERMAN('visites'));
  expect(await told('"de-CH"')).toEqual(GERMAN('Besuche (CH)'));
  expect(await told('', 'DE')).toEqual(GERMAN('visites'));
  expect(await told('', 'de-AT')).toEqual(GERMAN('visites'));
});

test('what is no language is refused with its place', async () => {
  await expect(told('"no language"')).rejects.toThrow('A Locale is a language tag of BCP 47');
  await expect(told('', 'de_DE')).rejects.toThrow('A Locale is a language tag of BCP 47');
  await expect(told('5')).rejects.toThrow('A Locale is a language tag of BCP 47');
  const twice = { en: 'visits', others: [{ tag: 'EN', text: 'visits' }] };
  await expect(create(twice, { code: 'other' })).rejects.toThrow('The language en is there twice.');
  await expect(create({}, { code: 'other' })).rejects.toThrow('A name in at least one language is needed.');
});

test('several problems of a programme are told at once, each with its place', async () => {
  promised('`BAD_USER_INPUT`: Where `createProgram` finds several, `extensions.problems` lists them');
  const kind = (code: string) => ({ code, unit: 'visits', name: {} });
  const more = { currency: 'euro', measurementKinds: [kind('visits'), kind('visits')] };
  const input = { code: 'Small', name: 'Small', timeZone: 'Mars/Phobos', ...more };
  const { errors } = await ask(opened, CREATE, { input });
  const noName = 'A name in at least one language is needed.';
  const problems = [
    ['code', 'A code is a small letter, then up to 49 small letters, digits and hyphens.'],
    ['timeZone', '"Mars/Phobos" is not an IANA time zone such as Europe/Berlin.'],
    ['currency', 'A currency is three capital letters, as in ISO 4217.'],
    ['measurementKinds[0].name', noName],
    ['measurementKinds[1].code', 'The kind visits is there already.'],
    ['measurementKinds[1].name', noName],
  ].map(([path, message]) => ({ argument: `input.${path}`, message }));
  const { argument, message } = problems[0] ?? {};
  expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT', argument, problems } }]);
});
