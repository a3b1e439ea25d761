import { afterAll, beforeAll, expect, test } from 'vitest';
import { narrowApp } from '../../src/app/access/narrow-app.ts';
import { ALL_RIGHTS, type Rights, scopeOf } from '../../src/app/access/rights.ts';
import { createInputsFinder } from '../../src/app/reading/find-inputs.ts';
import { publishRulebook } from '../../src/app/writing/publish-rulebook.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { saveRulebookDraft } from '../../src/app/writing/save-rulebook-draft.ts';
import { updatePartner } from '../../src/app/writing/update-partner.ts';
import { withdrawRulebook } from '../../src/app/writing/withdraw-rulebook.ts';
import { listFacts } from '../../src/store/reading/read-fact.ts';
import { listChanges } from '../../src/store/reading/read-log.ts';
import { readPartners } from '../../src/store/reading/read-partner.ts';
import { countPartners } from '../../src/store/reading/read-partner-list.ts';
import type { ReadScope } from '../../src/store/reading/read-scope.ts';
import { createSmallProgram, day, enroll, granted, revenue, SMALL_RULEBOOK } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';

let opened: Awaited<ReturnType<typeof openTestApp>>;
let mine: string;
let partners: readonly string[];
let stranger: string;

beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.UTC(2026, 2, 1) });
  const { app } = opened;
  mine = await createSmallProgram(app, 'mine');
  await createSmallProgram(app, 'other');
  partners = await enroll(app, ['TOP', 'CHILD', 'PEER'], 'mine');
  [stranger = ''] = await enroll(app, ['TOP'], 'other');
  granted(await updatePartner(app, { program: 'mine', partner: 'CHILD', firstOn: null, parent: 'TOP' }));
  for (const ref of ['TOP', 'CHILD', 'PEER']) {
    const facts = [revenue(`r-${ref}`, ref, '150', '2026-02-01')];
    granted(await recordFacts(app, { program: 'mine', source: 's', facts, onError: 'REJECT_ALL' }));
  }
});
afterAll(() => opened.close());

function rightsIn(...programs: string[]): Rights {
  return { ...ALL_RIGHTS, programs };
}

test('programmes out of reach are not there, for reading and for every kind of write', async () => {
  const app = narrowApp(opened.app, rightsIn(mine));
  expect([...(await app.catalogue.current()).byCode.keys()]).toEqual(['mine']);
  const facts = [revenue('x', 'TOP', '1', '2026-02-01')];
  expect(await recordFacts(app, { program: 'other', source: 's', facts, onError: 'SKIP_ROW' })).toMatchObject(
    {
      refused: 'PROGRAM_NOT_FOUND',
    },
  );
  expect(
    await saveRulebookDraft(app, { program: 'other', document: SMALL_RULEBOOK, draft: null }),
  ).toMatchObject({
    refused: 'PROGRAM_NOT_FOUND',
  });
  const draft = granted(
    await saveRulebookDraft(opened.app, { program: 'other', document: SMALL_RULEBOOK, draft: null }),
  );
  const rulebook = draft.rulebookId;
  expect(await publishRulebook(app, { rulebook, effectiveFrom: day('2027-01-01') })).toMatchObject({
    refused: 'RULEBOOK_NOT_FOUND',
  });
  granted(await publishRulebook(opened.app, { rulebook, effectiveFrom: day('2027-01-01') }));
  expect(await withdrawRulebook(app, { rulebook: rulebook, reason: 'A wrong hurdle.' })).toMatchObject({
    refused: 'RULEBOOK_NOT_FOUND',
  });
});

test("a reader of one programme reads nothing of another's", async () => {
  const { prisma } = opened.app.database;
  const scope = scopeOf(rightsIn(mine));
  const rows = await readPartners(scope, prisma, [...partners, stranger]);
  expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(partners));
});

test('a partner reads its own and what is below it: rows, facts, log and counts', async () => {
  const { prisma } = opened.app.database;
  const [top = '', child = '', peer = ''] = partners;
  const whole = { limit: 100, backwards: false, beyond: null };
  const isKnown = async (scope: ReadScope, partnerId: string): Promise<boolean> => {
    const cases = createInputsFinder(scope, opened.app);
    const asked = { programId: mine, partnerId, knownAt: Date.UTC(2026, 2, 1) + 1_000 };
    const [known, latest] = [await cases.find(asked), await cases.latest(asked)];
    const [rulesAt = 0] = (await opened.app.catalogue.find('id', mine))?.rulesChangedAt ?? [];
    // When it was recorded is kept from whoever may not know of it, too.
    expect(latest > rulesAt).toBe(known !== null);
    return known !== null;
  };
  const read = async (scope: ReadScope) => ({
    partners: (await readPartners(scope, prisma, partners)).map(({ id }) => id).sort(),
    facts: await listFacts(scope, prisma, partners, {}, whole).then((facts) =>
      partners.map((id) => facts.get(id)?.length ?? 0),
    ),
    entries: new Set((await listChanges(scope, prisma, mine, {}, whole)).map(({ partnerId }) => partnerId)),
    count: await countPartners(scope, prisma, mine, {}),
    known: await Promise.all(partners.map((id) => isKnown(scope, id))),
  });
  expect(await read({ programs: [mine], partner: top })).toEqual({
    partners: [top, child].sort(),
    facts: [1, 1, 0],
    entries: new Set([top, child]),
    count: 2,
    known: [true, true, false],
  });
  expect(await read({ programs: [mine], partner: child })).toEqual({
    partners: [child],
    facts: [0, 1, 0],
    entries: new Set([child]),
    count: 1,
    known: [false, true, false],
  });
  expect((await read({ programs: [mine], partner: peer })).count).toBe(1);
  const nothing = await read({ programs: [], partner: null });
  expect([nothing.count, nothing.known]).toEqual([0, [false, false, false]]);
});
