import { validateSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { doublingMeasures } from '../engine/support/unfolding.ts';
import { SMALL_RULEBOOK } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';
import { answer, complaints } from './ask.ts';

let opened: Awaited<ReturnType<typeof openTestApp>>;

beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.UTC(2026, 10, 23, 12) });
});

afterAll(() => opened.close());

test('the graph is a valid schema', () => {
  expect(validateSchema(schema)).toEqual([]);
});

function kinds(count: number, wrong: object) {
  return Array.from({ length: count }, (_, index) => ({
    code: `kind_${index}`,
    name: { en: 'Kind', de: 'Art' },
    unit: 'kinds',
    ...wrong,
  }));
}

/** A step of the story that is done once, for whichever test needs it first. */
function once<T>(step: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => {
    done ??= step();
    return done;
  };
}

// One story from the programme to a proof. Each test begins with the steps that it needs, so that it does not
// matter which tests run, and in which order.
describe('a programme, from nothing', () => {
  const CREATE = /* GraphQL */ `
    mutation ($input: CreateProgramInput!) {
      createProgram(input: $input) {
        __typename
        ... on ProgramCreated {
          program {
            code
            currency
            fiscalYearFirstMonth
            tiers {
              code
            }
            rulebook {
              number
            }
          }
        }
        ... on Refusal {
          code
          message
        }
      }
    }
  `;
  const input = { code: 'small', name: 'Small', timeZone: 'UTC', currency: 'EUR' };

  const created = once(() => answer(opened, CREATE, { input }));

  test('is created once', async () => {
    expect(await created()).toEqual({
      createProgram: {
        __typename: 'ProgramCreated',
        program: { code: 'small', currency: 'EUR', fiscalYearFirstMonth: 1, tiers: [], rulebook: null },
      },
    });
    expect(await answer(opened, CREATE, { input })).toEqual({
      createProgram: {
        __typename: 'ProgramExists',
        code: 'PROGRAM_EXISTS',
        message: 'There is a programme with the code small already.',
      },
    });
  });

  test('is not created from bad input', async () => {
    expect(await complaints(opened, CREATE, { input: { ...input, timeZone: 'Mars/Olympus' } })).toEqual([
      ['BAD_USER_INPUT', 'input.timeZone', '"Mars/Olympus" is not an IANA time zone such as Europe/Berlin.'],
    ]);
  });

  test.each([
    ['a name that is too long', { name: 'x'.repeat(201) }, 'name', 'This is longer than 200 characters.'],
    [
      'a long text for a time zone',
      { timeZone: 'x'.repeat(50_000) },
      'timeZone',
      'This is longer than 200 characters.',
    ],
    [
      'too many kinds',
      { measurementKinds: kinds(101, {}) },
      'measurementKinds',
      'A programme declares at most 100 kinds, and here are 101.',
    ],
    [
      'a kind with a long name',
      { measurementKinds: kinds(2, { name: { en: 'x', de: 'x'.repeat(201) } }) },
      'measurementKinds[0].name.de',
      'This is longer than 200 characters.',
    ],
    [
      'a kind with a name of nothing',
      { measurementKinds: kinds(1, { name: { en: ' ', de: 'x' } }) },
      'measurementKinds[0].name.en',
      'This must not be empty.',
    ],
    [
      'a kind with a long unit',
      { measurementKinds: kinds(1, { unit: 'x'.repeat(65) }) },
      'measurementKinds[0].unit',
      'This is longer than 64 characters.',
    ],
    [
      'a unit that no database keeps',
      { measurementKinds: kinds(1, { unit: 'a\0b' }) },
      'measurementKinds[0].unit',
      'The character U+0000 (NUL), number 2 of this text, is not allowed here.',
    ],
    [
      'half a character',
      { measurementKinds: kinds(1, { unit: '\ud800' }) },
      'measurementKinds[0].unit',
      'The character U+D800 (half of a character, an unpaired surrogate), number 1 of this text, is not allowed here.',
    ],
  ])('is not created with %s', async (_, wrong, place, message) => {
    const refused = { input: { ...input, code: 'large', ...wrong } };
    expect(await complaints(opened, CREATE, refused)).toEqual([
      ['BAD_USER_INPUT', `input.${place}`, message],
    ]);
  });

  const SAVE = /* GraphQL */ `
    mutation ($program: String!, $document: RulebookDocument!, $draft: ID) {
      saveRulebookDraft(input: { program: $program, document: $document, draft: $draft }) {
        __typename
        ... on RulebookDraftSaved {
          id
        }
        ... on RulebookInvalid {
          problemCount
          problems {
            path
            message
          }
        }
        ... on Refusal {
          code
          message
        }
      }
    }
  `;

  type Saved = { saveRulebookDraft: { __typename: string; id: string } };
  const saved = once(async () => {
    await created();
    return (await answer(opened, SAVE, { program: 'small', document: SMALL_RULEBOOK })) as Saved;
  });

  test('gets a draft only of a valid document, and every problem is told', async () => {
    await created();
    const document = { ...SMALL_RULEBOOK, tiers: [] };
    expect(await answer(opened, SAVE, { program: 'small', document })).toEqual({
      saveRulebookDraft: {
        __typename: 'RulebookInvalid',
        code: 'RULEBOOK_INVALID',
        message: 'The document has a problem; nothing was saved.',
        problemCount: 1,
        problems: [{ path: '/tiers', message: 'At least 1 of these is needed.' }],
      },
    });
    expect(await answer(opened, SAVE, { program: 'none', document: SMALL_RULEBOOK })).toEqual({
      saveRulebookDraft: {
        __typename: 'ProgramNotFound',
        code: 'PROGRAM_NOT_FOUND',
        message: 'There is no programme with the code "none".',
      },
    });
    const given = { program: 'small', document: SMALL_RULEBOOK };
    const first = (await answer(opened, SAVE, given)) as Saved;
    expect(first.saveRulebookDraft.__typename).toBe('RulebookDraftSaved');
    const draft = first.saveRulebookDraft.id;
    expect(await answer(opened, SAVE, { ...given, draft })).toEqual(first);
  });

  test('is told the first hundred problems of a document, each in short, however much is wrong', async () => {
    await created();
    const remap = Object.fromEntries(
      Array.from({ length: 150 }, (_, index) => [`T${index}${'x'.repeat(600)}`, 'BASE']),
    );
    const document = { ...SMALL_RULEBOOK, remap };
    const { saveRulebookDraft: refused } = (await answer(opened, SAVE, { program: 'small', document })) as {
      saveRulebookDraft: { message: string; problemCount: number; problems: unknown[] };
    };
    expect(refused.message).toBe('The document has 150 problems; nothing was saved. The first 100 are told.');
    expect([refused.problemCount, refused.problems.length]).toEqual([150, 100]);
    expect(JSON.stringify(refused).length).toBeLessThan(100 * 500);
  });

  test('gets no draft of a document that unfolds to too much, and is told where and how much', async () => {
    await created();
    const measures = { ...SMALL_RULEBOOK.measures, ...doublingMeasures(32) };
    const document = { ...SMALL_RULEBOOK, measures };
    expect(await answer(opened, SAVE, { program: 'small', document })).toMatchObject({
      saveRulebookDraft: {
        code: 'RULEBOOK_INVALID',
        problems: [
          {
            path: '/measures/m12',
            message:
              'With everything written out where it is used, this comes to 8191 parts; 5000 are allowed.',
          },
        ],
      },
    });
  });

  const PUBLISH = /* GraphQL */ `
    mutation ($rulebook: ID!, $effectiveFrom: Date!) {
      publishRulebook(input: { rulebook: $rulebook, effectiveFrom: $effectiveFrom }) {
        __typename
        ... on RulebookPublished {
          rulebook {
            id
            number
            effectiveFrom
            withdrawal { at reason }
            tiers {
              code
              rank
              requirement {
                __typename
                path
                ... on ThresholdRequirement {
                  comparison
                  measure {
                    name(locale: DE)
                    unit
                  }
                  required {
                    default
                    regions {
                      region
                    }
                  }
                }
                ... on CompositeRequirement {
                  rule
                  needed
                  parts {
                    isMandatory
                    requirement {
                      __typename
                      ... on SpecializationRequirement {
                        specialization {
                          requirement {
                            ... on PersonsRequirement {
                              slots {
                                name
                                count
                              }
                            }
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
            specializations {
              code
              name(locale: DE)
            }
          }
        }
        ... on Refusal {
          code
        }
      }
    }
  `;

  const published = once(async () => {
    const rulebook = (await saved()).saveRulebookDraft.id;
    return { rulebook, answer: await answer(opened, PUBLISH, { rulebook, effectiveFrom: '2020-01-01' }) };
  });

  test('publishes it once', async () => {
    const draft = (await saved()).saveRulebookDraft.id;
    expect(await complaints(opened, PUBLISH, { rulebook: draft, effectiveFrom: 'soon' })).toEqual([
      ['BAD_USER_INPUT', 'input.effectiveFrom', '"soon" is not a day; write it like 2026-11-23.'],
    ]);
    expect(await complaints(opened, PUBLISH, { rulebook: 'x', effectiveFrom: '2020-01-01' })).toEqual([
      ['BAD_USER_INPUT', 'input.rulebook', 'This is not the id of a Rulebook.'],
    ]);
    expect((await published()).answer).toEqual({
      publishRulebook: {
        __typename: 'RulebookPublished',
        rulebook: {
          id: draft,
          number: expect.any(Number),
          effectiveFrom: '2020-01-01',
          withdrawal: null,
          tiers: [
            {
              code: 'GOLD',
              rank: 2,
              requirement: {
                __typename: 'CompositeRequirement',
                path: '/tiers/2/requirement',
                rule: 'ALL',
                needed: 2,
                parts: [
                  { isMandatory: false, requirement: { __typename: 'ThresholdRequirement' } },
                  {
                    isMandatory: false,
                    requirement: {
                      __typename: 'SpecializationRequirement',
                      specialization: { requirement: { slots: [{ name: 'experts', count: 1 }] } },
                    },
                  },
                ],
              },
            },
            {
              code: 'SILVER',
              rank: 1,
              requirement: {
                __typename: 'ThresholdRequirement',
                path: '/tiers/1/requirement',
                comparison: 'AT_LEAST',
                measure: { name: 'Revenue', unit: 'EUR' },
                required: { default: '100', regions: [] },
              },
            },
            { code: 'BASE', rank: 0, requirement: null },
          ],
          specializations: [{ code: 'VIDEO', name: 'Video' }],
        },
      },
    });
    expect(await answer(opened, PUBLISH, { rulebook: draft, effectiveFrom: '2021-01-01' })).toEqual({
      publishRulebook: { __typename: 'NotADraft', code: 'NOT_A_DRAFT' },
    });
  });

  const ENROLL = /* GraphQL */ `
    mutation ($input: EnrollPartnerInput!) {
      enrollPartner(input: $input) {
        __typename
        ... on PartnerEnrolled {
          partner {
            id
            enrolledOn
            tier {
              code
            }
            parent {
              id
            }
          }
          statusChanges {
            __typename
            trigger
          }
        }
        ... on Refusal {
          code
        }
      }
    }
  `;
  const partner = { program: 'small', externalRef: 'A', name: 'Acme', country: 'DE', region: 'DACH' };

  const enrolled = once(async () => {
    await published();
    const given = { input: { ...partner, enrolledOn: '2024-02-29' } };
    const result = (await answer(opened, ENROLL, given)) as { enrollPartner: { partner: { id: string } } };
    return { id: result.enrollPartner.partner.id, answer: result };
  });

  test('enrols a partner, which has a tier at once', async () => {
    const { id, answer: enrolment } = await enrolled();
    expect(enrolment).toEqual({
      enrollPartner: {
        __typename: 'PartnerEnrolled',
        partner: { id, enrolledOn: '2024-02-29', tier: { code: 'BASE' }, parent: null },
        statusChanges: [{ __typename: 'TierChanged', trigger: 'PARTNER' }],
      },
    });
    const refused = async (input: object): Promise<unknown> =>
      ((await answer(opened, ENROLL, { input })) as { enrollPartner: unknown }).enrollPartner;
    expect(await refused(partner)).toEqual({ __typename: 'PartnerExists', code: 'PARTNER_EXISTS' });
    expect(await refused({ ...partner, externalRef: 'B', parent: 'Z' })).toEqual({
      __typename: 'ParentNotFound',
      code: 'UNKNOWN_PARENT',
    });
    expect(
      await complaints(opened, ENROLL, { input: { ...partner, externalRef: 'B', country: 'd' } }),
    ).toEqual([['BAD_USER_INPUT', 'input.country', 'A country is two capital letters, as in ISO 3166-1.']]);
  });

  const RECORD = /* GraphQL */ `
    mutation ($input: RecordFactsInput!) {
      recordFacts(input: $input) {
        __typename
        ... on FactsRecorded {
          rows {
            __typename
            ... on RowRecorded {
              index
              fact {
                __typename
                id
              }
            }
            ... on RowDuplicate {
              index
              fact {
                id
              }
            }
            ... on RowRejected {
              index
              code
              path
            }
          }
          statusChanges {
            __typename
            id
            causes {
              externalId
            }
            explanation(locale: DE)
          }
        }
        ... on FactsRejected {
          message
          rejections {
            index
            code
            path
          }
        }
        ... on Refusal {
          code
        }
      }
    }
  `;
  const row = (externalId: string, amount: string, occurredOn = '2026-11-01') => ({
    externalId,
    partner: 'A',
    occurredOn,
    detail: { revenue: { amount, currency: 'EUR', attributes: [{ name: 'area', value: 'video' }] } },
  });
  const certificate = {
    externalId: 'c',
    partner: 'A',
    occurredOn: '2026-01-01',
    detail: { certification: { person: 'ann', credential: 'VIDEO' } },
  };
  type Recorded = {
    recordFacts: {
      __typename: string;
      rows: { fact: { id: string } }[];
      statusChanges: { id: string }[];
    };
  };

  const recorded = once(async () => {
    await enrolled();
    const facts = [row('1', '999.99'), row('2', 'many'), row('1', '999.990'), row('1', '5'), certificate];
    const result = (await answer(opened, RECORD, {
      input: { program: 'small', source: 'crm', facts },
    })) as Recorded;
    const { rows, statusChanges } = result.recordFacts;
    return { rows, statusChanges, revenue: rows[0]?.fact.id ?? '', change: statusChanges[0]?.id ?? '' };
  });

  test('refuses with REJECT_ALL everything for one malformed row', async () => {
    await enrolled();
    const facts = [row('good', '100'), row('bad', 'many')];
    expect(
      await answer(opened, RECORD, {
        input: { program: 'small', source: 'crm', facts, onError: 'REJECT_ALL' },
      }),
    ).toEqual({
      recordFacts: {
        __typename: 'FactsRejected',
        code: 'FACTS_REJECTED',
        message: '1 of 2 rows was refused, so none was recorded.',
        rejections: [{ index: 1, code: 'INVALID_VALUE', path: 'facts[1].detail.revenue.amount' }],
      },
    });
  });

  test('records facts, a result for each row', async () => {
    const { rows, statusChanges, revenue } = await recorded();
    expect(rows).toEqual([
      { __typename: 'RowRecorded', index: 0, fact: { __typename: 'RevenueFact', id: revenue } },
      { __typename: 'RowRejected', index: 1, code: 'INVALID_VALUE', path: 'facts[1].detail.revenue.amount' },
      { __typename: 'RowDuplicate', index: 2, fact: { id: revenue } },
      { __typename: 'RowRejected', index: 3, code: 'CONFLICT', path: 'facts[3].externalId' },
      {
        __typename: 'RowRecorded',
        index: 4,
        fact: { __typename: 'CertificationFact', id: expect.any(String) },
      },
    ]);
    expect(statusChanges).toMatchObject([
      { __typename: 'TierChanged', causes: [{ externalId: '1' }, { externalId: 'c' }] },
      { __typename: 'SpecializationEarned' },
      { __typename: 'HistoryRevised' },
    ]);
  });

  test.each([
    [{ facts: [] }, 'input.facts', 'Send 1 to 1000 facts at once.'],
    [{ facts: Array(1001).fill(row('1', '1')) }, 'input.facts', 'Send 1 to 1000 facts at once.'],
    [{ source: ' ' }, 'input.source', 'This must not be empty.'],
  ])('takes no batch that is wrong as a whole (%#)', async (change, argument, message) => {
    await created();
    const input = { program: 'small', source: 'crm', facts: [row('9', '1')], ...change };
    expect(await complaints(opened, RECORD, { input })).toEqual([['BAD_USER_INPUT', argument, message]]);
  });

  test('takes exactly one detail a fact', async () => {
    const both = { ...row('9', '1').detail, ...certificate.detail };
    for (const detail of [both, {}]) {
      const facts = [{ ...row('9', '1'), detail }];
      const [complaint] = await complaints(opened, RECORD, {
        input: { program: 'small', source: 'crm', facts },
      });
      expect(String(complaint)).toContain(
        'Within OneOf Input Object type "FactDetailInput", exactly one field must be specified',
      );
    }
  });

  test('proves a standing down to the facts that count and those that do not', async () => {
    await recorded();
    await answer(opened, RECORD, {
      input: { program: 'small', source: 'crm', facts: [row('3', '50', '2023-01-01')] },
    });
    const standing = await answer(
      opened,
      /* GraphQL */ `
        query ($id: ID!) {
          partner(by: { id: $id }) {
            standing {
              tier {
                code
              }
              computedTier {
                code
              }
              hold {
                reason
              }
              next {
                tier {
                  code
                }
                missing {
                  __typename
                  ... on ThresholdProof {
                    comparison
                    required
                    shortfall
                    actual {
                      __typename
                      name(locale: DE)
                      unit
                      value
                      counted {
                        nodes {
                          externalId
                        }
                      }
                      excluded(first: 1) {
                        edges {
                          node {
                            reason
                            fact {
                              externalId
                            }
                          }
                        }
                        pageInfo {
                          hasNextPage
                        }
                      }
                      ... on MetricProof {
                        sample
                      }
                    }
                  }
                }
              }
              proof {
                tier {
                  code
                }
                outcome
                requirement {
                  __typename
                }
              }
              specializations {
                isHeld
                requirement {
                  ... on PersonsProof {
                    filled
                    required
                    slots {
                      persons
                    }
                    counted {
                      nodes {
                        externalId
                      }
                    }
                  }
                }
              }
            }
          }
        }
      `,
      { id: (await enrolled()).id },
    );
    expect(standing).toEqual({
      partner: {
        standing: {
          tier: { code: 'SILVER' },
          computedTier: { code: 'SILVER' },
          hold: null,
          next: {
            tier: { code: 'GOLD' },
            missing: [
              {
                __typename: 'ThresholdProof',
                comparison: 'AT_LEAST',
                required: '1000',
                shortfall: '0.01',
                actual: {
                  __typename: 'MetricProof',
                  name: 'Revenue',
                  unit: 'EUR',
                  value: '999.99',
                  sample: 1,
                  counted: { nodes: [{ externalId: '1' }] },
                  excluded: {
                    edges: [{ node: { reason: 'OUTSIDE_WINDOW', fact: { externalId: '3' } } }],
                    pageInfo: { hasNextPage: false },
                  },
                },
              },
            ],
          },
          proof: [
            { tier: { code: 'GOLD' }, outcome: 'UNMET', requirement: { __typename: 'CompositeProof' } },
            { tier: { code: 'SILVER' }, outcome: 'MET', requirement: { __typename: 'ThresholdProof' } },
            { tier: { code: 'BASE' }, outcome: 'MET', requirement: null },
          ],
          specializations: [
            {
              isHeld: true,
              requirement: {
                filled: 1,
                required: 1,
                slots: [{ persons: ['ann'] }],
                counted: { nodes: [{ externalId: 'c' }] },
              },
            },
          ],
        },
      },
    });
  });

  test('tells a standing of another day, and as known before', async () => {
    const STANDING = /* GraphQL */ `
      query ($id: ID!, $on: Date, $knownAt: DateTime) {
        partner(by: { id: $id }) {
          standing(on: $on, knownAt: $knownAt) {
            on
            tier {
              code
            }
          }
        }
      }
    `;
    await recorded();
    const { id } = await enrolled();
    const tierOn = async (on: string, knownAt?: string): Promise<unknown> => {
      const { partner } = (await answer(opened, STANDING, { id, on, knownAt })) as {
        partner: { standing: { tier: unknown } };
      };
      return partner.standing.tier;
    };
    expect(await tierOn('2026-10-31')).toEqual({ code: 'BASE' });
    expect(await tierOn('2026-11-01')).toEqual({ code: 'SILVER' });
    expect(await tierOn('2027-11-01')).toEqual({ code: 'BASE' });
    expect(await tierOn('2024-02-28')).toBeNull();
    expect(await tierOn('2026-11-01', '2020-01-01T00:00:00Z')).toBeNull();
    expect(await tierOn('2026-11-01', '1000-01-01T00:00:00Z')).toBeNull();
    for (const knownAt of ['yesterday', '-271821-04-20T00:00:00Z', '+010000-01-01T00:00:00Z']) {
      expect(await complaints(opened, STANDING, { id, knownAt })).toEqual([
        [
          'BAD_USER_INPUT',
          'knownAt',
          `${JSON.stringify(knownAt)} is not an instant; write it like 2026-11-23T10:15:30Z.`,
        ],
      ]);
    }
  });

  test('finds what has an id again, in the order asked for', async () => {
    const { revenue, change } = await recorded();
    const ids = { partner: (await enrolled()).id, draft: (await published()).rulebook, revenue, change };
    const other = Buffer.from('Partner:01a20887-bc29-7ccb-9d6d-e5e08ee677cd').toString('base64url');
    const disguised = Buffer.from(
      Buffer.from(ids.revenue, 'base64url').toString().replace('RevenueFact', 'SatisfactionFact'),
    ).toString('base64url');
    const asked = [ids.revenue, 'x', ids.change, ids.draft, other, ids.partner, disguised];
    const found = await answer(
      opened,
      'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } program(code: "small") { id } }',
      { ids: asked },
    );
    expect(found).toMatchObject({
      nodes: [
        { __typename: 'RevenueFact', id: ids.revenue },
        null,
        { __typename: 'TierChanged', id: ids.change },
        { __typename: 'Rulebook', id: ids.draft },
        null,
        { __typename: 'Partner', id: ids.partner },
        null,
      ],
    });
    const { program } = found as { program: { id: string } };
    expect(
      await answer(opened, 'query ($id: ID!) { node(id: $id) { id ... on Program { code } } }', program),
    ).toEqual({
      node: { id: program.id, code: 'small' },
    });
    const tooMany = { ids: Array(101).fill(ids.partner) };
    expect(await complaints(opened, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', tooMany)).toEqual([
      ['BAD_USER_INPUT', 'ids', 'At most 100 ids can be asked for at once.'],
    ]);
  });

  test('says null for a partner and a programme that are not there', async () => {
    await created();
    const query = `{
      byId: partner(by: { id: "x" }) { id }
      byRef: partner(by: { ref: { program: "small", externalRef: "Z" } }) { id }
      byProgram: partner(by: { ref: { program: "none", externalRef: "A" } }) { id }
      program(code: "none") { id }
    }`;
    expect(await answer(opened, query)).toEqual({ byId: null, byRef: null, byProgram: null, program: null });
  });

  test('takes numbers as text only', async () => {
    const query = `mutation {
      createProgram(input: { code: "x", name: "X", timeZone: "UTC", currency: "EUR", satisfactionScale: { minimum: 1, maximum: "10" } }) { __typename }
    }`;
    expect(await complaints(opened, query)).toEqual([
      ['BAD_USER_INPUT', undefined, expect.stringContaining('A Decimal is written as a string.')],
    ]);
  });
});
