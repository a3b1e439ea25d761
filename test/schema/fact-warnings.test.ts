import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { updatePartner } from '../../src/app/writing/update-partner.ts';
import {
  certificate,
  createSmallProgram,
  day,
  enroll,
  granted,
  publish,
  revenue,
  SMALL_RULEBOOK,
} from '../support/fixtures.ts';
import { promised } from '../support/promised.ts';
import { openTestApp } from '../support/test-app.ts';
import { answer } from './ask.ts';

let opened: Awaited<ReturnType<typeof openTestApp>>;
let now = Date.UTC(2026, 10, 23, 12);

beforeAll(async () => {
  opened = await openTestApp({ clock: () => now });
  await createSmallProgram(opened.app);
  await enroll(opened.app, ['A', 'B']);
  const leaving = { program: 'small', partner: 'B', firstOn: null, leftOn: day('2026-06-01') };
  granted(await updatePartner(opened.app, leaving));
});

afterAll(() => opened.close());

const RECORD = `mutation ($input: RecordFactsInput!) { recordFacts(input: $input) { ... on FactsRecorded { rows {
  ... on RowRecorded { warning { code message } fact { externalId warning { code } } } } } } }`;

async function warningsOf(facts: readonly unknown[]): Promise<unknown[]> {
  const data = (await answer(opened, RECORD, { input: { program: 'small', source: 'crm', facts } })) as {
    recordFacts: {
      rows: { warning: { code: string; message: string } | null; fact: { warning: unknown } }[];
    };
  };
  return data.recordFacts.rows.map(({ warning, fact }) => {
    expect(fact.warning).toEqual(warning && { code: warning.code });
    return warning;
  });
}

function sale(externalId: string, partner: string, occurredOn: string) {
  return {
    externalId,
    partner,
    occurredOn,
    detail: { revenue: { amount: '10', currency: 'EUR' } },
  };
}
function exam(externalId: string, credential: string, occurredOn = '2026-11-01', partner = 'A') {
  return {
    externalId,
    partner,
    occurredOn,
    detail: { certification: { person: 'ann', credential } },
  };
}

describe('rule 38: a recorded row may carry a warning', () => {
  test('LEFT, FUTURE or NOT_ASKED_FOR, the first that is true, and none where nothing is odd', async () => {
    promised(
      'What is odd is recorded, with a warning: A fact is odd if its day is to come or after its partner had left, or if no rulebook asks for it.',
    );
    const notAskedFor = {
      code: 'NOT_ASKED_FOR',
      message:
        'No rulebook in force or to come asked for such a fact when it was recorded: it counts for nothing so far.',
    };
    expect(
      await warningsOf([
        sale('1', 'A', '2026-11-23'),
        sale('2', 'A', '2026-11-24'),
        sale('3', 'A', '2019-01-01'),
        sale('4', 'B', '2026-05-31'),
        sale('5', 'B', '2026-06-01'),
        exam('6', 'VIDEO'),
        exam('7', 'VOICE'),
        exam('8', 'VOICE', '2027-01-01'),
        exam('9', 'VOICE', '2027-01-01', 'B'),
        { ...sale('10', 'A', '2026-11-01'), detail: { satisfaction: { score: '9' } } },
      ]),
    ).toEqual([
      null,
      {
        code: 'FUTURE',
        message:
          'It is dated 2026-11-24, which was still to come when it was recorded; it counts for nothing before that day.',
      },
      null,
      null,
      { code: 'LEFT', message: 'It is dated 2026-06-01, when the partner had left the programme.' },
      null,
      notAskedFor,
      // Nothing asks for this one either, so it must not be said to count from its day on.
      {
        code: 'FUTURE',
        message:
          'It is dated 2027-01-01, which was still to come when it was recorded; it counts for nothing before that day.',
      },
      expect.objectContaining({ code: 'LEFT' }),
      notAskedFor,
    ]);
  });

  test('it is stored as of recording, and filters the list', async () => {
    promised('Its `warning` stays as it was then, and lists of facts can be filtered by it.');
    const list = `query ($filter: FactFilter) { partner(by: { ref: { program: "small", externalRef: "A" } }) {
      facts(filter: $filter, first: 100) { totalCount nodes { externalId warning { code } } } } }`;
    const listed = async (warnings: string[]) => {
      const data = (await answer(opened, list, { filter: { warnings } })) as {
        partner: { facts: { totalCount: number; nodes: { externalId: string }[] } };
      };
      expect(data.partner.facts.totalCount).toBe(data.partner.facts.nodes.length);
      return data.partner.facts.nodes.map(({ externalId }) => externalId).sort();
    };
    expect(await listed(['NOT_ASKED_FOR'])).toEqual(['10', '7']);
    expect(await listed(['FUTURE', 'NOT_ASKED_FOR'])).toEqual(['10', '2', '7', '8']);
    expect(await listed(['LEFT'])).toEqual([]);
    // What is asked for later doesn't change what was odd then.
    const asking = structuredClone(SMALL_RULEBOOK);
    asking.specializations[0]?.requirement.persons[0]?.where[0]?.in.push('VOICE');
    await publish(opened.app, 'small', asking, '2027-01-01');
    expect(await listed(['NOT_ASKED_FOR'])).toEqual(['10', '7']);
    // A rulebook to come asks already.
    expect(await warningsOf([exam('11', 'VOICE')])).toEqual([null]);
  });

  test('a correction has its own, and a void none', async () => {
    const read = `... on AmendedFact { fact { warning { code } } }`;
    const correct = `mutation ($input: CorrectFactInput!) { correctFact(input: $input) { ${read} } }`;
    const key = { program: 'small', source: 'crm', externalId: '1' };
    const { partner, occurredOn, detail } = sale('1', 'B', '2026-07-01');
    const input = { ...key, expectedVersion: 1, fact: { partner, occurredOn, detail } };
    expect(await answer(opened, correct, { input })).toEqual({
      correctFact: { fact: { warning: { code: 'LEFT' } } },
    });
    const take = `mutation ($input: VoidFactInput!) { voidFact(input: $input) { ${read} } }`;
    expect(await answer(opened, take, { input: { ...key, expectedVersion: 2 } })).toEqual({
      voidFact: { fact: { warning: null } },
    });
  });

  test('days are those of the recording, whatever the clock says later', async () => {
    const facts = [revenue('F', 'A', '1', '2027-03-01'), certificate('G', 'A', 'bob', '2027-03-01', null)];
    const command = { program: 'small', source: 'erp', facts, onError: 'REJECT_ALL' } as const;
    granted(await recordFacts(opened.app, command));
    now = Date.UTC(2027, 5, 1);
    const again = granted(await recordFacts(opened.app, command));
    expect(again.rows).toMatchObject([
      { type: 'DUPLICATE', fact: { warning: 'FUTURE' } },
      { type: 'DUPLICATE', fact: { warning: 'FUTURE' } },
    ]);
  });
});
