import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foldCase } from '../../../src/engine/values/fold-case.ts';
import { findFaults } from '../../support/check-standings.ts';
import { publish, SMALL_RULEBOOK } from '../../support/fixtures.ts';
import { promised } from '../../support/promised.ts';
import { openTestApp } from '../../support/test-app.ts';
import { answer, complaints } from '../ask.ts';

let opened: Awaited<ReturnType<typeof openTestApp>>;

const CREATE = `mutation ($input: CreateProgramInput!) { createProgram(input: $input) { __typename
  ... on ProgramCreated { program { personsIgnoreCase referencesIgnoreCase } } } }`;
const ENROLL = `mutation ($input: EnrollPartnerInput!) { enrollPartner(input: $input) { __typename
  ... on PartnerEnrolled { partner { externalRef } } ... on Refusal { message } } }`;
const RECORD = `mutation ($input: RecordFactsInput!) { recordFacts(input: $input) { ... on FactsRecorded { rows {
  __typename
  ... on RowRecorded { fact { partner { externalRef } ... on CertificationFact { person } } }
  ... on RowDuplicate { fact { partner { externalRef } ... on CertificationFact { person } } }
  ... on RowRejected { code } } } } }`;

const base = { name: 'Case', timeZone: 'UTC', currency: 'EUR' };
const slots = { name: { en: 'experts', de: 'Experten' }, count: 2, where: [] };
const notAnn = {
  name: { en: 'others', de: 'andere' },
  count: 1,
  where: [{ field: 'person', notIn: ['ANNA.K'] }],
};
function requiring(slot: unknown) {
  return {
    ...SMALL_RULEBOOK,
    tiers: SMALL_RULEBOOK.tiers
      .slice(0, 1)
      .concat([
        { code: 'GOLD', name: { en: 'Gold', de: 'Gold' }, requirement: { persons: [slot] } } as never,
      ]),
    specializations: [],
  };
}

function create(code: string, ignoring: object = {}) {
  return answer(opened, CREATE, { input: { ...base, code, ...ignoring } });
}
async function enroll(program: string, externalRef: string, parent: string | null = null) {
  return answer(opened, ENROLL, {
    input: {
      program,
      externalRef,
      parent,
      name: externalRef,
      country: 'DE',
      region: 'DACH',
      enrolledOn: '2020-01-01',
    },
  });
}
function certify(externalId: string, partner: string, person: string) {
  return {
    externalId,
    partner,
    occurredOn: '2026-01-01',
    detail: { certification: { person, credential: 'VIDEO' } },
  };
}
async function record(program: string, ...facts: unknown[]) {
  return (
    (await answer(opened, RECORD, { input: { program, source: 'crm', facts } })) as {
      recordFacts: { rows: unknown[] };
    }
  ).recordFacts.rows;
}
async function tierOf(program: string, externalRef: string) {
  return answer(opened, 'query ($by: PartnerLocator!) { partner(by: $by) { externalRef tier { code } } }', {
    by: { ref: { program, externalRef } },
  });
}

beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.UTC(2026, 10, 23, 12) });
});

afterAll(() => opened.close());

describe('rule 30: case', () => {
  test('counts unless the programme says otherwise', async () => {
    promised('Case counts, unless the programme was created otherwise.');
    expect(await create('exact')).toMatchObject({
      createProgram: { program: { personsIgnoreCase: false, referencesIgnoreCase: false } },
    });
    await publish(opened.app, 'exact', requiring(slots), '2020-01-01');
    await enroll('exact', 'Acme');
    expect(await enroll('exact', 'ACME')).toMatchObject({ enrollPartner: { __typename: 'PartnerEnrolled' } });
    expect(
      await record('exact', certify('1', 'Acme', 'anna.k'), certify('2', 'Acme', 'Anna.K')),
    ).toMatchObject([{ __typename: 'RowRecorded' }, { __typename: 'RowRecorded' }]);
    expect(await tierOf('exact', 'Acme')).toEqual({
      partner: { externalRef: 'Acme', tier: { code: 'GOLD' } },
    });
    expect(await tierOf('exact', 'acme')).toEqual({ partner: null });
  });

  test('of persons does not where the programme says so: they are one, as first written, in slots, filters and keys', async () => {
    promised(
      'With `personsIgnoreCase` persons are the same in any case, and the first spelling is the one that is shown.',
    );
    await create('persons', { personsIgnoreCase: true });
    await publish(opened.app, 'persons', requiring(slots), '2020-01-01');
    await enroll('persons', 'A');
    await enroll('persons', 'B');
    const first = { __typename: 'RowRecorded', fact: { partner: { externalRef: 'A' }, person: 'Anna.K' } };
    expect(
      await record(
        'persons',
        certify('1', 'A', 'Anna.K'),
        certify('2', 'A', 'anna.k'),
        certify('1', 'A', 'ANNA.K'),
      ),
    ).toEqual([first, first, { ...first, __typename: 'RowDuplicate' }]);
    expect(await tierOf('persons', 'A')).toMatchObject({ partner: { tier: { code: 'BASE' } } });
    // Another request and another partner: the first spelling in the programme is the one that is shown.
    expect(
      await record('persons', certify('3', 'B', 'aNNA.k'), certify('4', 'B', 'Jürgen STRASSE')),
    ).toMatchObject([{ fact: { person: 'Anna.K' } }, { fact: { person: 'Jürgen STRASSE' } }]);
    expect(
      await record('persons', certify('4', 'B', 'ju\u0308rgen straße'), certify('5', 'B', 'Bo')),
    ).toMatchObject([
      { __typename: 'RowDuplicate', fact: { person: 'Jürgen STRASSE' } },
      { __typename: 'RowRecorded', fact: { person: 'Bo' } },
    ]);
    expect(await tierOf('persons', 'B')).toMatchObject({ partner: { tier: { code: 'GOLD' } } });
    // References are told apart there.
    expect(await enroll('persons', 'a')).toMatchObject({ enrollPartner: { __typename: 'PartnerEnrolled' } });
    const correct = `mutation ($input: CorrectFactInput!) { correctFact(input: $input) {
      ... on FactCorrected { isDuplicate fact { ... on CertificationFact { person } } } } }`;
    const { externalId: _, ...fact } = certify('5', 'B', 'JÜRGEN strasse');
    const input = { program: 'persons', source: 'crm', externalId: '5', expectedVersion: 1, fact };
    expect(await answer(opened, correct, { input })).toEqual({
      correctFact: { isDuplicate: false, fact: { person: 'Jürgen STRASSE' } },
    });
    await publish(opened.app, 'persons', requiring(notAnn), '2026-12-01');
    const standing = `query ($by: PartnerLocator!) { partner(by: $by) { standing(on: "2026-12-01") { tier { code } } } }`;
    for (const [externalRef, code] of [
      ['A', 'BASE'],
      ['B', 'GOLD'],
    ]) {
      const by = { ref: { program: 'persons', externalRef } };
      expect(await answer(opened, standing, { by })).toEqual({ partner: { standing: { tier: { code } } } });
    }
    expect(await findFaults(opened.app, 'persons')).toEqual([]);
  });

  test('of references does not where the programme says so: a partner is found however it is written', async () => {
    promised("With `referencesIgnoreCase` so are partners' references.");
    await create('references', { referencesIgnoreCase: true });
    await publish(opened.app, 'references', requiring(slots), '2020-01-01');
    expect(await enroll('references', 'Straße-1')).toMatchObject({
      enrollPartner: { partner: { externalRef: 'Straße-1' } },
    });
    expect(await enroll('references', 'STRASSE-1')).toEqual({
      enrollPartner: {
        __typename: 'PartnerExists',
        message: 'The programme already has a partner with the reference "STRASSE-1".',
      },
    });
    expect(await enroll('references', 'Child', 'strasse-1')).toMatchObject({
      enrollPartner: { partner: { externalRef: 'Child' } },
    });
    expect(
      await record(
        'references',
        certify('1', 'strasse-1', 'ann'),
        certify('2', 'STRASSE-1 ', 'Ann'),
        certify('1', 'Straße-1', 'ann'),
      ),
    ).toMatchObject([
      { __typename: 'RowRecorded', fact: { partner: { externalRef: 'Straße-1' }, person: 'ann' } },
      { __typename: 'RowRecorded', fact: { partner: { externalRef: 'Straße-1' }, person: 'Ann' } },
      { __typename: 'RowDuplicate' },
    ]);
    expect(await tierOf('references', 'stRasse-1')).toEqual({
      partner: { externalRef: 'Straße-1', tier: { code: 'GOLD' } },
    });
    const update = `mutation ($input: UpdatePartnerInput!) { updatePartner(input: $input) { __typename } }`;
    const input = { program: 'references', partner: 'CHILD', name: 'Child & Sons', parent: 'STRASSE-1' };
    expect(await answer(opened, update, { input })).toEqual({
      updatePartner: { __typename: 'PartnerUpdated' },
    });
    const key = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { __typename } }`;
    const partner = { program: 'references', externalRef: 'STRASSE-1' };
    expect(await answer(opened, key, { input: { name: 'K', role: 'PARTNER', partner } })).toEqual({
      createApiKey: { __typename: 'ApiKeyCreated' },
    });
    expect(
      await complaints(opened, 'query ($by: PartnerLocator!) { partner(by: $by) { name } }', {
        by: { ref: { program: 'references', externalRef: 'a\u200bb' } },
      }),
    ).toMatchObject([['BAD_USER_INPUT', 'by.ref.externalRef', expect.stringContaining('U+200B')]]);
    expect(await findFaults(opened.app, 'references')).toEqual([]);
  });

  test.each([
    ['ANNA', 'anna'],
    ['Straße', 'STRASSE'],
    ['ΟΔΟΣ', 'οδος'],
    ['οδός', 'ΟΔΌΣ'],
    ['ﬁn', 'FIN'],
    ['\u212a', 'k'],
    ['\u0130', 'i\u0307'],
    ['Ａ', 'ａ'],
    ['e\u0301', 'É'],
  ])('%s and %s are the same without it', (one, other) => {
    expect(foldCase(one)).toBe(foldCase(other));
    expect(foldCase(foldCase(one))).toBe(foldCase(one));
  });

  test.each([
    ['ı', 'i'],
    ['é', 'e'],
    ['ø', 'o'],
  ])('%s and %s are different without it too', (one, other) => {
    expect(foldCase(one)).not.toBe(foldCase(other));
  });
});
