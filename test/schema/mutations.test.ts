import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeGlobalId } from '../../schema/base/global-id.ts';
import { ALL_RIGHTS } from '../../src/app/access/rights.ts';
import { judgeDue } from '../../src/app/judging/judge-due.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import {
  certificate,
  createSmallProgram,
  enroll,
  granted,
  publish,
  revenue,
  SMALL_RULEBOOK,
} from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';
import { answer, ask, complaints } from './ask.ts';

let opened: Awaited<ReturnType<typeof openTestApp>>;
let now = Date.UTC(2026, 10, 23, 12);
const NOWHERE = '01a20887-bc29-7ccb-9d6d-e5e08ee677cd';

beforeAll(async () => {
  opened = await openTestApp({ clock: () => now });
  await createSmallProgram(opened.app);
  await enroll(opened.app, ['A', 'B', 'C', 'D']);
  const facts = [
    revenue('1', 'A', '1500', '2026-11-01'),
    certificate('2', 'A', 'ann', '2026-01-01', null),
    revenue('3', 'B', '100', '2026-11-01'),
  ];
  granted(await recordFacts(opened.app, { program: 'small', source: 'crm', facts, onError: 'REJECT_ALL' }));
});

afterAll(() => opened.close());

/** What a mutation field answered. */
async function run(source: string, input: unknown): Promise<unknown> {
  const data = (await answer(opened, source, { input })) as Record<string, unknown>;
  return Object.values(data)[0];
}

async function tierOf(externalRef: string): Promise<unknown> {
  const query = 'query ($by: PartnerLocator!) { partner(by: $by) { tier { code } } }';
  const { partner } = (await answer(opened, query, { by: { ref: { program: 'small', externalRef } } })) as {
    partner: { tier: { code: string } };
  };
  return partner.tier.code;
}

describe('correctFact and voidFact', () => {
  const AMENDED = `... on AmendedFact {
    isDuplicate
    fact { version isVoid versions { nodes { version isVoid supersededAt ... on RevenueFact { amount } } totalCount } }
    statusChanges { __typename causes { version } }
  }
  ... on Refusal { code message }
  ... on VersionConflict { current { version } }`;
  const CORRECT = `mutation ($input: CorrectFactInput!) { correctFact(input: $input) {
    __typename ${AMENDED} ... on FactContentRefused { reason path } } }`;
  const VOID = `mutation ($input: VoidFactInput!) { voidFact(input: $input) { __typename ${AMENDED} } }`;

  const key = { program: 'small', source: 'crm', externalId: '1', expectedVersion: 1 };
  const says = (partner: string, amount: string) => ({
    partner,
    occurredOn: '2026-11-01',
    detail: { revenue: { amount, currency: 'EUR' } },
  });

  test('a correction is the next version, and the tier follows', async () => {
    expect(await tierOf('A')).toBe('GOLD');
    expect(await run(CORRECT, { ...key, fact: says('A', '150') })).toEqual({
      __typename: 'FactCorrected',
      isDuplicate: false,
      fact: {
        version: 2,
        isVoid: false,
        versions: {
          totalCount: 2,
          nodes: [
            { version: 1, isVoid: false, supersededAt: expect.any(String), amount: '1500' },
            { version: 2, isVoid: false, supersededAt: null, amount: '150' },
          ],
        },
      },
      statusChanges: [
        { __typename: 'TierChanged', causes: [{ version: 2 }] },
        { __typename: 'HistoryRevised', causes: [{ version: 2 }] },
      ],
    });
    expect(await tierOf('A')).toBe('SILVER');
  });

  test('rule 38: the earlier row is outdated; INGEST is told by which version, and not what that says', async () => {
    const before = { externalId: '1', ...says('A', '1500') };
    const record = (selection: string, rights = ALL_RIGHTS) =>
      ask(
        opened,
        `mutation ($input: RecordFactsInput!) { recordFacts(input: $input) { ... on FactsRecorded {
          rows { __typename ... on RowOutdated { ${selection} } } } } }`,
        { input: { program: 'small', source: 'crm', facts: [before] } },
        rights,
      );
    const whole = 'index currentVersion current { version ... on RevenueFact { amount } }';
    expect((await record(whole)).data?.recordFacts).toEqual({
      rows: [
        {
          __typename: 'RowOutdated',
          index: 0,
          currentVersion: 2,
          current: { version: 2, amount: '150' },
        },
      ],
    });
    const ingest = await record(whole, { ...ALL_RIGHTS, role: 'INGEST' });
    expect(ingest.data?.recordFacts).toEqual({
      rows: [{ __typename: 'RowOutdated', index: 0, currentVersion: 2, current: null }],
    });
    expect(ingest.errors?.map(({ message }) => message)).toEqual([
      'The role INGEST may not use RowOutdated.current.',
    ]);
  });

  test('the same correction again changes nothing', async () => {
    expect(await run(CORRECT, { ...key, fact: says('A', '150.0') })).toMatchObject({
      __typename: 'FactCorrected',
      isDuplicate: true,
      fact: { version: 2 },
      statusChanges: [],
    });
  });

  test('a correction of a version that is no longer current names the one that is', async () => {
    expect(await run(CORRECT, { ...key, fact: says('A', '7') })).toEqual({
      __typename: 'VersionConflict',
      code: 'VERSION_CONFLICT',
      message: 'The current version is 2, not 1.',
      current: { version: 2 },
    });
  });

  test('what a fact cannot say is refused, with its place', async () => {
    const correction = { ...key, expectedVersion: 2 };
    expect(await run(CORRECT, { ...correction, fact: says('A', 'much') })).toMatchObject({
      __typename: 'FactContentRefused',
      code: 'CONTENT_REFUSED',
      reason: 'INVALID_VALUE',
      path: 'fact.detail.revenue.amount',
    });
    expect(await run(CORRECT, { ...correction, fact: says('Z', '1') })).toMatchObject({
      __typename: 'FactContentRefused',
      reason: 'UNKNOWN_PARTNER',
      path: 'fact.partner',
    });
    expect(await tierOf('A')).toBe('SILVER');
  });

  test('a correction may move a fact to another partner', async () => {
    expect(await run(CORRECT, { ...key, expectedVersion: 2, fact: says('C', '150') })).toMatchObject({
      __typename: 'FactCorrected',
      fact: { version: 3 },
    });
    expect([await tierOf('A'), await tierOf('C')]).toEqual(['BASE', 'SILVER']);
  });

  test('a voided fact counts for nothing, also when told twice', async () => {
    const voided = { ...key, externalId: '3' };
    expect(await run(VOID, voided)).toMatchObject({
      __typename: 'FactVoided',
      isDuplicate: false,
      fact: { version: 2, isVoid: true },
      statusChanges: [{ __typename: 'TierChanged' }, { __typename: 'HistoryRevised' }],
    });
    expect(await run(VOID, voided)).toMatchObject({ isDuplicate: true, statusChanges: [] });
    expect(await tierOf('B')).toBe('BASE');
  });

  test('a fact and a programme that are not there are refused', async () => {
    expect(await run(VOID, { ...key, externalId: '99' })).toEqual({
      __typename: 'FactNotFound',
      code: 'FACT_NOT_FOUND',
      message: 'The source "crm" has no fact under "99".',
    });
    expect(await run(VOID, { ...key, program: 'none' })).toMatchObject({ __typename: 'ProgramNotFound' });
    expect(await complaints(opened, VOID, { input: { ...key, externalId: 'a\0' } })).toEqual([
      [
        'BAD_USER_INPUT',
        'input.externalId',
        'The character U+0000 (NUL), number 2 of this text, is not allowed here.',
      ],
    ]);
  });
});

describe('updatePartner', () => {
  const UPDATE = `mutation ($input: UpdatePartnerInput!) { updatePartner(input: $input) {
    __typename
    ... on PartnerUpdated {
      partner { name country region leftOn parent { externalRef } tier { code } }
      statusChanges { __typename trigger }
    }
    ... on Refusal { code message }
  } }`;
  const whose = { program: 'small', partner: 'D' };

  test('enters what is given and leaves the rest', async () => {
    expect(await run(UPDATE, { ...whose, name: 'Delta', parent: 'A', region: null })).toEqual({
      __typename: 'PartnerUpdated',
      partner: {
        name: 'Delta',
        country: 'DE',
        region: 'DACH',
        leftOn: null,
        parent: { externalRef: 'A' },
        tier: { code: 'BASE' },
      },
      statusChanges: [],
    });
  });

  test('null means nobody for a parent, and takes leaving back', async () => {
    expect(await run(UPDATE, { ...whose, parent: null, leftOn: '2026-11-23' })).toMatchObject({
      partner: { parent: null, leftOn: '2026-11-23', tier: null },
      statusChanges: [{ __typename: 'TierChanged', trigger: 'PARTNER' }],
    });
    expect(await run(UPDATE, { ...whose, leftOn: null })).toMatchObject({
      partner: { parent: null, leftOn: null, tier: { code: 'BASE' } },
    });
  });

  test('a day to come lets it wait', async () => {
    expect(await run(UPDATE, { ...whose, name: 'Later', firstOn: '2026-12-01' })).toMatchObject({
      partner: { name: 'Delta' },
      statusChanges: [],
    });
  });

  test('nobody becomes its own affiliate', async () => {
    expect(await run(UPDATE, { ...whose, parent: 'C' })).toMatchObject({ __typename: 'PartnerUpdated' });
    expect(await run(UPDATE, { program: 'small', partner: 'C', parent: 'D' })).toEqual({
      __typename: 'HierarchyCycle',
      code: 'HIERARCHY_CYCLE',
      message: 'On 2026-11-23 the partner would be above itself.',
    });
  });

  test('whoever is not there is refused, and what is wrong in itself is bad input', async () => {
    expect(await run(UPDATE, { ...whose, partner: 'Z' })).toMatchObject({
      __typename: 'PartnerNotFound',
      code: 'PARTNER_NOT_FOUND',
    });
    expect(await run(UPDATE, { ...whose, parent: 'Z' })).toMatchObject({
      __typename: 'ParentNotFound',
      code: 'UNKNOWN_PARENT',
    });
    expect(await complaints(opened, UPDATE, { input: { ...whose, leftOn: '2019-01-01' } })).toEqual([
      ['BAD_USER_INPUT', 'input.leftOn', 'leftOn 2019-01-01 contradicts enrolledOn 2020-01-01.'],
    ]);
    expect(await complaints(opened, UPDATE, { input: { ...whose, country: 'Germany' } })).toEqual([
      ['BAD_USER_INPUT', 'input.country', 'A country is two capital letters, as in ISO 3166-1.'],
    ]);
    expect(await complaints(opened, UPDATE, { input: { ...whose, firstOn: 'today' } })).toEqual([
      ['BAD_USER_INPUT', 'input.firstOn', '"today" is not a day; write it like 2026-11-23.'],
    ]);
  });
});

describe('overrideTier and endOverride', () => {
  const OVERRIDE = `mutation ($input: OverrideTierInput!) { overrideTier(input: $input) {
    __typename
    ... on TierOverridden {
      override { id tier { code } firstOn endsOn reason actor partner { externalRef tier { code } } }
      statusChanges { __typename trigger ... on HoldStarted { hold { reason until } } }
    }
    ... on Refusal { code message }
  } }`;
  const END = `mutation ($input: EndOverrideInput!) { endOverride(input: $input) {
    __typename
    ... on OverrideEnded { override { firstOn endsOn } statusChanges { __typename } }
    ... on Refusal { code message }
  } }`;
  const input = {
    program: 'small',
    partner: 'B',
    tier: 'GOLD',
    endsOn: '2027-01-01',
    reason: 'A promise.',
    actor: 'Ms Ray',
  };
  let id = '';

  test('a tier set by hand is the effective one, with a hold until its end', async () => {
    const set = (await run(OVERRIDE, input)) as { override: { id: string } };
    id = set.override.id;
    expect(set).toEqual({
      __typename: 'TierOverridden',
      override: {
        id,
        tier: { code: 'GOLD' },
        firstOn: '2026-11-23',
        endsOn: '2027-01-01',
        reason: 'A promise.',
        actor: 'Ms Ray',
        partner: { externalRef: 'B', tier: { code: 'GOLD' } },
      },
      statusChanges: [
        { __typename: 'TierChanged', trigger: 'OVERRIDE' },
        { __typename: 'HoldStarted', trigger: 'OVERRIDE', hold: { reason: 'OVERRIDE', until: '2027-01-01' } },
      ],
    });
  });

  test('it is found again by its id', async () => {
    const query = 'query ($id: ID!) { node(id: $id) { __typename id ... on TierOverride { reason } } }';
    expect(await answer(opened, query, { id })).toEqual({
      node: { __typename: 'TierOverride', id, reason: 'A promise.' },
    });
  });

  test.each([
    [{ firstOn: '2026-12-31', endsOn: '2027-02-01' }, 'OverridesOverlap', 'OVERRIDES_OVERLAP'],
    [{ partner: 'Z' }, 'PartnerNotFound', 'PARTNER_NOT_FOUND'],
    [{ tier: 'PLATINUM' }, 'TierNotFound', 'UNKNOWN_TIER'],
    [{ firstOn: '2026-11-22' }, 'InvalidDays', 'INVALID_DAYS'],
    [{ endsOn: '2026-11-23' }, 'InvalidDays', 'INVALID_DAYS'],
    [{ program: 'none' }, 'ProgramNotFound', 'PROGRAM_NOT_FOUND'],
  ])('%j is refused as %s', async (change, __typename, code) => {
    expect(await run(OVERRIDE, { ...input, ...change })).toMatchObject({ __typename, code });
  });

  test.each([
    [{ reason: ' ' }, 'input.reason', 'This must not be empty.'],
    [{ actor: 'x'.repeat(501) }, 'input.actor', 'This is longer than 500 characters.'],
    [{ endsOn: '2026-02-30' }, 'input.endsOn', '"2026-02-30" is not a day; write it like 2026-11-23.'],
  ])('%j is bad input', async (change, argument, message) => {
    expect(await complaints(opened, OVERRIDE, { input: { ...input, ...change } })).toEqual([
      ['BAD_USER_INPUT', argument, message],
    ]);
  });

  const OVERRIDES = `query ($ended: Boolean) { partner(by: { ref: { program: "small", externalRef: "B" } }) {
    overrides(ended: $ended) { totalCount nodes { firstOn endsOn } } } }`;
  const overrides = async (ended?: boolean): Promise<unknown> => {
    const { partner } = (await answer(opened, OVERRIDES, { ended })) as { partner: { overrides: unknown } };
    return partner.overrides;
  };

  test('a partner lists those in force and to come, latest first', async () => {
    await run(OVERRIDE, { ...input, firstOn: '2027-01-01', endsOn: '2027-02-01' });
    expect(await overrides()).toEqual({
      totalCount: 2,
      nodes: [
        { firstOn: '2027-01-01', endsOn: '2027-02-01' },
        { firstOn: '2026-11-23', endsOn: '2027-01-01' },
      ],
    });
  });

  test('it ends today, once', async () => {
    const ended = { __typename: 'OverrideEnded', override: { firstOn: '2026-11-23', endsOn: '2026-11-25' } };
    expect(await run(END, { override: id, on: '2026-11-25' })).toEqual({ ...ended, statusChanges: [] });
    expect(await run(END, { override: id, on: '2026-12-01' })).toEqual({ ...ended, statusChanges: [] });
    expect(await run(END, { override: id })).toMatchObject({ override: { endsOn: '2026-11-23' } });
    expect(await tierOf('B')).toBe('BASE');
    // It was taken back before a day of it had passed, so it is listed nowhere any more.
    expect(await overrides(true)).toEqual({
      totalCount: 1,
      nodes: [{ firstOn: '2027-01-01', endsOn: '2027-02-01' }],
    });
  });

  test('one that has ended is listed only if asked for', async () => {
    const listedOn = async (day: string): Promise<unknown> => {
      now = Date.parse(`${day}T12:00:00Z`);
      await judgeDue(opened.app);
      return overrides();
    };
    const all = await overrides(true);
    expect(await listedOn('2027-01-31')).toEqual(all);
    expect(await listedOn('2027-02-01')).toEqual({ totalCount: 0, nodes: [] });
    expect(await overrides(true)).toEqual(all);
  });

  test('one that is not there, and a day of the past, are refused', async () => {
    expect(await run(END, { override: encodeGlobalId('TierOverride', NOWHERE) })).toEqual({
      __typename: 'OverrideNotFound',
      code: 'OVERRIDE_NOT_FOUND',
      message: 'There is no such override.',
    });
    expect(await run(END, { override: id, on: '2026-11-22' })).toMatchObject({ __typename: 'InvalidDays' });
    expect(await complaints(opened, END, { input: { override: 'x' } })).toEqual([
      ['BAD_USER_INPUT', 'input.override', 'This is not the id of a TierOverride.'],
    ]);
  });
});

describe('withdrawRulebook and publishRulebook', () => {
  const WITHDRAW = `mutation ($input: WithdrawRulebookInput!) { withdrawRulebook(input: $input) {
    __typename ... on RulebookWithdrawn { rulebook { id effectiveFrom withdrawal { at reason } } factsUnconverted } ... on Refusal { code message } } }`;

  test('the latest rulebook is withdrawn with a reason, once, and the one before it only after it', async () => {
    const { program } = (await answer(opened, '{ program(code: "small") { rulebook { id } } }')) as {
      program: { rulebook: { id: string } };
    };
    const id = encodeGlobalId(
      'Rulebook',
      await publish(opened.app, 'small', { ...SMALL_RULEBOOK, remap: {} }, '2027-06-01'),
    );
    const refused = { __typename: 'NotWithdrawable', code: 'NOT_WITHDRAWABLE' };
    const reason = 'A hurdle was wrong.';
    expect(await run(WITHDRAW, { rulebook: program.rulebook.id, reason })).toEqual({
      ...refused,
      message: 'The rulebook of 2027-06-01 follows it; withdraw that one first.',
    });
    expect(await run(WITHDRAW, { rulebook: id, reason })).toEqual({
      __typename: 'RulebookWithdrawn',
      rulebook: { id, effectiveFrom: '2027-06-01', withdrawal: { at: expect.any(String), reason } },
      factsUnconverted: 0,
    });
    expect(await run(WITHDRAW, { rulebook: id, reason })).toMatchObject(refused);
    // It is found again in a list of its own, with the reason.
    const lists = `{ program(code: "small") { rulebooks(first: 9) { nodes { id } }
      withdrawnRulebooks(last: 1) { totalCount nodes { id withdrawal { reason } } } } }`;
    expect(await answer(opened, lists)).toEqual({
      program: {
        rulebooks: { nodes: [{ id: program.rulebook.id }] },
        withdrawnRulebooks: { totalCount: 1, nodes: [{ id, withdrawal: { reason } }] },
      },
    });
    expect(await run(WITHDRAW, { rulebook: encodeGlobalId('Rulebook', NOWHERE), reason })).toMatchObject({
      __typename: 'RulebookNotFound',
    });
    expect(await complaints(opened, WITHDRAW, { input: { rulebook: id, reason: ' ' } })).toEqual([
      ['BAD_USER_INPUT', 'input.reason', expect.any(String)],
    ]);
  });

  test('what keeps a rulebook from following the one before is named by its place', async () => {
    const SAVE = `mutation ($input: SaveRulebookDraftInput!) { saveRulebookDraft(input: $input) { ... on RulebookDraftSaved { id } } }`;
    const PUBLISH = `mutation ($input: PublishRulebookInput!) { publishRulebook(input: $input) {
      __typename ... on NotPublishable { code problems { path message } } } }`;
    const tiers = SMALL_RULEBOOK.tiers.map((tier, index) =>
      index === 1 ? { ...tier, code: 'BRONZE' } : tier,
    );
    const draft = (await run(SAVE, { program: 'small', document: { ...SMALL_RULEBOOK, tiers } })) as {
      id: string;
    };
    expect(await run(PUBLISH, { rulebook: draft.id, effectiveFrom: '2027-06-01' })).toEqual({
      __typename: 'NotPublishable',
      code: 'NOT_PUBLISHABLE',
      problems: [{ path: '/remap', message: expect.stringContaining('SILVER') }],
    });
    expect(await run(PUBLISH, { rulebook: draft.id, effectiveFrom: '2019-06-01' })).toMatchObject({
      __typename: 'NotPublishable',
      problems: [],
    });
  });
});
