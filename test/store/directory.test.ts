import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProgramCatalogue } from '../../src/store/catalogue/program-catalogue.ts';
import type { Database } from '../../src/store/connection/database.ts';
import { createSmallProgram, publish, SMALL_RULEBOOK } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';

let opened: Awaited<ReturnType<typeof openTestApp>>;

beforeAll(async () => {
  opened = await openTestApp();
  // Nobody but the tests is to ask.
  await opened.judge.stop();
});
afterAll(() => opened.close());

test('what another process just made is found at once, however many ask for it and for what is not there', async () => {
  const meter = metered(opened.app.database);
  const elsewhere = createProgramCatalogue(meter.database);
  expect([...(await elsewhere.current()).byCode.keys()]).toEqual([]);
  const id = await createSmallProgram(opened.app);
  // Memory is trusted for a while: without being asked for what it lacks it says what it knew.
  expect([...(await elsewhere.current()).byCode.keys()]).toEqual([]);

  const before = meter.statements();
  const codes = ['small', ...Array.from({ length: 50 }, (_, index) => `none-${index}`)];
  const found = await Promise.all(codes.map((code) => elsewhere.find('code', code)));
  expect(found.map((program) => program?.id)).toEqual([id, ...Array.from({ length: 50 }, () => undefined)]);
  // The epoch, what it stands for, and the new rulebook's document.
  expect(meter.statements() - before).toBe(3);

  expect((await elsewhere.find('id', id))?.code).toBe('small');
  expect(meter.statements() - before).toBe(3);
});

test('a check that began before something was made does not answer for who came after it', async () => {
  const elsewhere = createProgramCatalogue(opened.app.database);
  const early = elsewhere.find('code', 'late');
  const id = await createSmallProgram(opened.app, 'late');
  expect((await elsewhere.find('code', 'late'))?.id).toBe(id);
  await early;
});

/** The database with a count of what it is asked here and of the bytes that it gave, written as JSON. */
function metered(database: Database): {
  readonly database: Database;
  statements(): number;
  bytes(): number;
} {
  let statements = 0;
  let bytes = 0;
  const count = <T extends object>(asked: T): T =>
    new Proxy(asked, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (key === 'rulebook' && typeof value === 'object' && value !== null) return count(value);
        if ((key !== '$queryRaw' && key !== 'findMany') || typeof value !== 'function') return value;
        return async (...given: readonly unknown[]): Promise<unknown> => {
          statements += 1;
          const rows: unknown = await Reflect.apply(value, target, given);
          bytes += JSON.stringify(rows, (_, each) => (typeof each === 'bigint' ? String(each) : each)).length;
          return rows;
        };
      },
    });
  const prisma = count(database.prisma);
  return { database: { ...database, prisma }, statements: () => statements, bytes: () => bytes };
}

test('of a new epoch only what is new is read, and each document once', async () => {
  const { app } = opened;
  // Three large programmes, as documents go.
  const large = { ...SMALL_RULEBOOK, note: 'x'.repeat(2_000), remap: {} };
  for (const code of ['one', 'two', 'three']) {
    await createSmallProgram(app, code);
    await publish(app, code, large, '2099-01-01');
  }
  const meter = metered(app.database);
  const elsewhere = createProgramCatalogue(meter.database);
  const read = async (): Promise<{ readonly statements: number; readonly bytes: number }> => {
    const [before, bytes] = [meter.statements(), meter.bytes()];
    elsewhere.expire();
    await elsewhere.current();
    return { statements: meter.statements() - before, bytes: meter.bytes() - bytes };
  };
  const first = await read();
  expect(first.bytes).toBeGreaterThan(3 * 3_000);

  // Nothing changed: the epoch alone is read.
  expect(await read()).toMatchObject({ statements: 1 });

  // What is no programme's, such as a key: no programme is read again.
  const known = await elsewhere.current();
  await app.database.prisma.$executeRaw`UPDATE epoch SET number = number + 1`;
  const other = await read();
  expect(other.statements).toBe(2);
  expect(other.bytes).toBeLessThan(200);
  const now = await elsewhere.current();
  expect(now.epoch).toBe(known.epoch + 1n);
  expect([...now.byCode.values()]).toEqual([...known.byCode.values()]);
  expect(now.byCode.get('one')).toBe(known.byCode.get('one'));

  // A publication: its programme is read, and the document that is new.
  await publish(app, 'two', SMALL_RULEBOOK, '2100-01-01');
  const published = await read();
  expect(published.bytes).toBeGreaterThan(1_000);
  expect(published.bytes).toBeLessThan(3_000);
  const two = (await elsewhere.current()).byCode.get('two');
  expect(two?.rulebooks).toHaveLength(3);
  expect(two?.rulebooks[1]?.rulebook).toBe(known.byCode.get('two')?.rulebooks[1]?.rulebook);
});

test('after a restore of the database what it does not have any more is forgotten', async () => {
  const { app } = opened;
  await createSmallProgram(app, 'restored');
  const elsewhere = createProgramCatalogue(app.database);
  const { epoch } = await elsewhere.current();
  const { prisma } = app.database;
  await prisma.$executeRaw`DELETE FROM rulebook WHERE program_id = (SELECT id FROM program WHERE code = 'restored')`;
  await prisma.$executeRaw`DELETE FROM log_head WHERE program_id = (SELECT id FROM program WHERE code = 'restored')`;
  await prisma.$executeRaw`DELETE FROM program WHERE code = 'restored'`;
  await prisma.$executeRaw`UPDATE epoch SET number = number + 1`;
  elsewhere.expire();
  const restored = await elsewhere.current();
  expect(restored.epoch).toBe(epoch + 1n);
  expect(restored.byCode.has('restored')).toBe(false);
  expect(restored.byCode.has('small')).toBe(true);
});
