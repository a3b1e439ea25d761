import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenApp } from '../../src/app/open-app.ts';
import { enrollPartners } from '../../src/app/writing/enroll-partners.ts';
import { updatePartner } from '../../src/app/writing/update-partner.ts';
import { foldPartners } from '../../src/store/migrations/search-migration.ts';
import { countPartners, listPartners } from '../../src/store/reading/read-partner-list.ts';
import { FULL_SCOPE, type ReadScope } from '../../src/store/reading/read-scope.ts';
import { createSmallProgram, day, granted } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';

let opened: OpenApp;
let programId: string;
const ids = new Map<string, string>();

const NAMES = [
  'Mühl & Söhne',
  'Muhlenbeck',
  'Straße 7',
  'STRASSENBAU',
  '100 % Käse_Co',
  'Łódź-Ærø',
  '名前商事',
  'x',
];

beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.UTC(2026, 5, 15) });
  programId = await createSmallProgram(opened.app);
  await createSmallProgram(opened.app, 'other');
  const enrol = async (program: string, names: readonly string[]) => {
    const partners = names.map((name, index) => ({
      externalRef: `Réf-${index}`,
      name,
      country: 'DE',
      region: 'DACH',
      parent: index === 1 ? 'Réf-0' : null,
      enrolledOn: day('2020-01-01'),
    }));
    const { outcomes } = granted(await enrollPartners(opened.app, { program, partners }));
    for (const [index, outcome] of outcomes.entries())
      ids.set(names[index] ?? '', granted(outcome).partnerId);
  };
  await enrol('small', NAMES);
  await enrol('other', ['Mühl of another programme']);
});
afterAll(() => opened.close());

const NAME = { by: 'NAME', descending: false } as const;

async function find(search: string, scope: ReadScope = FULL_SCOPE): Promise<readonly string[]> {
  const { prisma } = opened.app.database;
  const slice = { limit: 100, backwards: false, beyond: null };
  const listed = await listPartners(scope, prisma, programId, { search }, NAME, slice);
  expect(await countPartners(scope, prisma, programId, { search })).toBe(listed.length);
  return listed.map(({ row }) => row.name);
}

test('what is part of a name or of a reference is found, whatever the case and the accents', async () => {
  expect(await find('muhl')).toEqual(['Mühl & Söhne', 'Muhlenbeck']);
  expect(await find('MÜHL & SO')).toEqual(['Mühl & Söhne']);
  expect(await find('STRASSE')).toEqual(['Straße 7', 'STRASSENBAU']);
  expect(await find('straße')).toEqual(['Straße 7', 'STRASSENBAU']);
  expect(await find('lodz-aero')).toEqual(['Łódź-Ærø']);
  expect(await find('前商事')).toEqual(['名前商事']);
  expect(await find('ref-3')).toEqual(['STRASSENBAU']);
  expect(await find('REF-')).toHaveLength(NAMES.length);
  // One or two characters too.
  expect(await find('ß')).toEqual(['Straße 7', 'STRASSENBAU']);
  expect(await find('x')).toEqual(['x']);
  expect(await find('前')).toEqual(['名前商事']);
  // Characters that mean something in a pattern mean themselves.
  expect(await find('% kase_c')).toEqual(['100 % Käse_Co']);
  expect(await find('1_0')).toEqual([]);
  expect(await find('\u0301')).toEqual([]);
  expect(await find('söhne réf')).toEqual([]);
});

test('a search finds what is in its scope', async () => {
  const own = { programs: [programId], partner: ids.get('Mühl & Söhne') ?? '' };
  expect(await find('muhl', own)).toEqual(['Mühl & Söhne', 'Muhlenbeck']);
  expect(await find('muhl', { ...own, partner: ids.get('Muhlenbeck') ?? '' })).toEqual(['Muhlenbeck']);
  expect(await find('strasse', own)).toEqual([]);
});

test('who is called otherwise is found and sorted by the new name, and by the old one no more', async () => {
  granted(
    await updatePartner(opened.app, {
      program: 'small',
      partner: 'Réf-7',
      firstOn: null,
      name: 'Ägypten AG',
    }),
  );
  expect(await find('agypten')).toEqual(['Ägypten AG']);
  expect(await find('x')).toEqual([]);
  expect((await find('ref')).indexOf('Ägypten AG')).toBe(1);
});

test('what was there before is folded in parts, and found then', async () => {
  const { prisma } = opened.app.database;
  await prisma.partner.updateMany({ data: { searchKey: '' } });
  await prisma.partnerGram.deleteMany();
  expect(await find('muhl')).toEqual([]);
  const session = {
    execute: async (sql: string) => void (await prisma.$executeRawUnsafe(sql)),
    query: (sql: string, values: readonly string[] = []) =>
      prisma.$queryRawUnsafe<Record<string, unknown>[]>(sql, ...values),
  };
  expect(await foldPartners.advance(session, '')).toBeNull();
  expect(await find('muhl')).toEqual(['Mühl & Söhne', 'Muhlenbeck']);
});

test('a search of three characters and more reads the index of grams and no other partner, whatever statistics there are', async () => {
  const { prisma } = opened.app.database;
  await prisma.$executeRaw`INSERT INTO partner_gram SELECT gen_random_uuid(), ${programId}::uuid, ARRAY['gmb', 'mbh', lpad(n::text, 3, '0')]
    FROM generate_series(1, 20000) AS n`;
  const plan = await prisma.$queryRaw<{ 'QUERY PLAN': string }[]>`
    EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT partner_id FROM partner_gram WHERE grams @> ${['muh', 'uhl']}::text[] OFFSET 0`;
  const text = plan.map((row) => row['QUERY PLAN']).join('\n');
  expect(text).toContain('Bitmap Index Scan on partner_gram_grams_idx');
  expect(text).not.toContain('Seq Scan');
});
