import { afterAll, beforeAll, expect, test } from 'vitest';
import { enrollPartners, type PartnerInput } from '../../src/app/writing/enroll-partners.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { updatePartner } from '../../src/app/writing/update-partner.ts';
import { MAX_DEPTH } from '../../src/engine/partner/family.ts';
import { day, granted, publish, revenue, SMALL_RULEBOOK } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';
import { createBareProgram } from './support/moving-app.ts';

const statements: string[] = [];
let opened: Awaited<ReturnType<typeof openTestApp>>;

beforeAll(async () => {
  opened = await openTestApp({
    clock: () => Date.UTC(2026, 10, 23, 12),
    pollEveryMs: 3_600_000,
    onStatement: (sql) => {
      // The look at the epoch comes with the passing of a second.
      if (/partner|fact/.test(sql)) statements.push(sql);
    },
  });
  await opened.judge.stop();
});
afterAll(() => opened.close());

async function openProgram(code: string): Promise<void> {
  await createBareProgram(opened.app, code);
  const { revenue: own } = SMALL_RULEBOOK.measures;
  const measures = { revenue: { ...own, metric: { ...own.metric, scope: 'FAMILY' } } };
  await publish(opened.app, code, { ...SMALL_RULEBOOK, measures }, '2020-01-01');
}

/** `line 1` at the top, each next one below the one before it. */
function line(length: number, top: string | null = null, name = 'line'): PartnerInput[] {
  return Array.from({ length }, (_, index) => ({
    externalRef: `${name} ${index + 1}`,
    name: 'In line',
    country: 'DE',
    region: 'DACH',
    parent: index === 0 ? top : `${name} ${index}`,
    enrolledOn: day('2020-01-01'),
  }));
}

async function enroll(program: string, partners: readonly PartnerInput[]): Promise<readonly string[]> {
  const { outcomes } = granted(await enrollPartners(opened.app, { program, partners }));
  return outcomes.map((outcome) => ('refused' in outcome ? outcome.refused : 'ENROLLED'));
}
function move(program: string, partner: string, parent: string | null, firstOn: string | null = null) {
  return updatePartner(opened.app, {
    program,
    partner,
    parent,
    firstOn: firstOn === null ? null : day(firstOn),
  });
}
const TOO_DEEP = {
  refused: 'HIERARCHY_TOO_DEEP',
  message: 'On 2026-11-23 more than 20 partners would stand above one another; a family is at most 20 deep.',
  path: 'parent',
};

test('rule 37: a batch enrols a family of 20 above one another, and refuses the next, and who is below that', async () => {
  await openProgram('batch');
  const outcomes = await enroll('batch', line(MAX_DEPTH + 2));
  expect(outcomes).toEqual([
    ...Array.from({ length: MAX_DEPTH }, () => 'ENROLLED'),
    'HIERARCHY_TOO_DEEP',
    'UNKNOWN_PARENT',
  ]);
  expect(await enroll('batch', line(1, 'line 20', 'later'))).toEqual(['HIERARCHY_TOO_DEEP']);
  expect(await enroll('batch', line(2, 'line 19', 'later'))).toEqual(['ENROLLED', 'HIERARCHY_TOO_DEEP']);
});

test('rule 37: a partner moves with all below it as far as 20, on every day', async () => {
  await openProgram('moves');
  await enroll('moves', [...line(18), ...line(3, null, 'branch')]);
  expect(await move('moves', 'branch 1', 'line 18')).toEqual(TOO_DEEP);
  granted(await move('moves', 'branch 1', 'line 17'));
  // The branch would hang too deep if the line became longer above it.
  await enroll('moves', line(1, null, 'over'));
  expect(await move('moves', 'line 1', 'over 1')).toEqual(TOO_DEEP);
  // Once the branch is gone, there is room; until then there is none.
  granted(await move('moves', 'branch 1', null, '2027-01-01'));
  expect(await move('moves', 'line 1', 'over 1', '2026-12-31')).toEqual({
    ...TOO_DEEP,
    message: TOO_DEEP.message.replace('2026-11-23', '2026-12-31'),
  });
  granted(await move('moves', 'line 1', 'over 1', '2027-01-01'));
  // What leaves the hierarchy alone is no concern of it.
  granted(
    await updatePartner(opened.app, { program: 'moves', partner: 'branch 3', firstOn: null, name: 'New' }),
  );
});

/** Stores a line far too deep, as older versions took it. */
async function storeDeep(program: string, length: number): Promise<void> {
  await openProgram(program);
  const alone = line(length).map((partner) => ({ ...partner, parent: null }));
  await enroll(program, alone);
  const { prisma } = opened.app.database;
  await prisma.$executeRaw`
    UPDATE partner p SET parent_id = above.id FROM partner above, program
    WHERE program.code = ${program} AND p.program_id = program.id AND above.program_id = program.id
      AND above.external_ref = 'line ' || (substr(p.external_ref, 6)::int - 1)`;
  await prisma.$executeRaw`
    UPDATE partner_entry e SET parent_id = p.parent_id, data = e.data || jsonb_build_object('parentId', p.parent_id)
    FROM partner p JOIN program ON program.id = p.program_id WHERE program.code = ${program} AND e.partner_id = p.id`;
}

function record(program: string, partner: string, externalId: string) {
  return recordFacts(opened.app, {
    program,
    source: 's',
    facts: [revenue(externalId, partner, '100', '2026-11-01')],
    onError: 'REJECT_ALL',
  });
}
async function tiers(program: string): Promise<ReadonlySet<string | null>> {
  const rows = await opened.app.database.prisma.partner.findMany({ where: { program: { code: program } } });
  return new Set(rows.map(({ tier }) => tier));
}

test('a family that is deeper already counts for all above it, and can be made flatter, not deeper', async () => {
  await storeDeep('stored', 60);
  statements.length = 0;
  granted(await record('stored', 'line 60', 'deep'));
  const count = statements.length;
  expect(await tiers('stored')).toEqual(new Set(['SILVER']));
  statements.length = 0;
  granted(await record('stored', 'line 1', 'top'));
  // As many as for one, however deep.
  expect(statements.length).toBeLessThanOrEqual(count);
  expect(await enroll('stored', line(1, 'line 60', 'more'))).toEqual(['HIERARCHY_TOO_DEEP']);
  granted(
    await updatePartner(opened.app, { program: 'stored', partner: 'line 30', firstOn: null, name: 'New' }),
  );
  expect(await move('stored', 'line 40', 'line 30')).toEqual(TOO_DEEP);
  granted(await move('stored', 'line 45', 'line 4'));
});

test('stored parents that go round in a circle hold nothing up', async () => {
  await storeDeep('round', 3);
  const { prisma } = opened.app.database;
  const whose = (ref: string) =>
    prisma.partner.findFirstOrThrow({ where: { program: { code: 'round' }, externalRef: ref } });
  const [top, foot] = [await whose('line 1'), await whose('line 3')];
  await prisma.$executeRaw`UPDATE partner SET parent_id = ${foot.id}::uuid WHERE id = ${top.id}::uuid`;
  await prisma.$executeRaw`
    UPDATE partner_entry SET parent_id = ${foot.id}::uuid, data = data || jsonb_build_object('parentId', ${foot.id}::text)
    WHERE partner_id = ${top.id}::uuid`;
  granted(await record('round', 'line 2', 'x'));
  expect(await tiers('round')).toEqual(new Set(['SILVER']));
  await enroll('round', line(1, 'line 2', 'below'));
  granted(await move('round', 'line 1', null));
  expect(await move('round', 'line 1', 'line 3')).toMatchObject({ refused: 'HIERARCHY_CYCLE' });
});
