import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { enrollPartners } from '../../src/app/writing/enroll-partners.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { openDatabase } from '../../src/store/connection/database.ts';
import {
  listPartners,
  PARTNER_ORDERS,
  type PartnerOrder,
} from '../../src/store/reading/read-partner-list.ts';
import { FULL_SCOPE } from '../../src/store/reading/read-scope.ts';
import { answer } from '../schema/ask.ts';
import { createSmallProgram, day, granted, revenue } from '../support/fixtures.ts';
import { postgresUrl } from '../support/services.ts';
import { openTestApp } from '../support/test-app.ts';

const dropped: string[] = [];

async function execute(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const sql of statements) await client.query(sql);
  } finally {
    await client.end();
  }
}

afterAll(() => execute(postgresUrl, ...dropped));

/** A database made in a way of its own, owned by a role of its own; its URL as that role. */
async function make(how: string, settings: readonly string[] = []): Promise<string> {
  const name = `tiergraph_${randomUUID().replaceAll('-', '')}`;
  await execute(
    postgresUrl,
    `CREATE ROLE ${name} LOGIN`,
    `CREATE DATABASE ${name} OWNER ${name} TEMPLATE template0 ${how}`,
  );
  dropped.push(`DROP DATABASE ${name} WITH (FORCE)`, `DROP ROLE ${name}`);
  await execute(postgresUrl, ...settings.map((set) => `ALTER ${set.replace('OURS', name)}`));
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  url.username = name;
  return url.href;
}

const HOSTILE = [
  "SET datestyle = 'German'",
  "SET intervalstyle = 'sql_standard'",
  "SET timezone = 'Asia/Kathmandu'",
  'SET standard_conforming_strings = off',
  "SET bytea_output = 'escape'",
  'SET extra_float_digits = -15',
  'SET search_path = nowhere',
  "SET default_transaction_isolation = 'serializable'",
  'SET default_transaction_read_only = on',
  'SET statement_timeout = 1',
  'SET lock_timeout = 1',
  'SET idle_in_transaction_session_timeout = 1',
  'SET idle_session_timeout = 1',
  "SET client_encoding = 'LATIN1'",
  'SET synchronous_commit = off',
  'SET transform_null_equals = on',
  'SET array_nulls = off',
];

const ALL: readonly PartnerOrder[] = PARTNER_ORDERS.flatMap((by) =>
  [false, true].map((descending) => ({ by, descending })),
);

/** Names by which collations differ, and what they come to in the order of the list. */
const NAMES = [
  'Zebra',
  'apple',
  'Äpfel',
  'Straße 1',
  'STRASSE 2',
  'Ｗide',
  'Łódź',
  'co-op',
  'coop',
  '名前',
  '😀',
];

/**
 * Everything that depends on how a database is set, done once: what it reads back, and each list in each
 * order, page by page.
 */
async function use(url: string): Promise<unknown> {
  const opened = await openTestApp({
    location: { kind: 'server', url },
    clock: () => Date.UTC(2026, 5, 15, 12),
  });
  try {
    const { app } = opened;
    const programId = await createSmallProgram(app);
    const partners = NAMES.map((name, index) => ({
      externalRef: `${index % 2 ? 'p' : 'P'}-${index}`,
      name,
      country: 'DE',
      region: 'DACH',
      parent: null,
      enrolledOn: day(`20${10 + index}-0${(index % 9) + 1}-1${index % 9}`),
    }));
    granted(await enrollPartners(app, { program: 'small', partners }));
    const facts = NAMES.map((_, index) =>
      revenue(`r\\'${index}`, partners[index]?.externalRef ?? '', `${index * 30}.5`, '2026-06-01'),
    );
    granted(await recordFacts(app, { program: 'small', source: 's\\n', facts, onError: 'REJECT_ALL' }));
    const pages: Record<string, readonly string[]> = {};
    for (const order of ALL) {
      const all = await listPartners(FULL_SCOPE, app.database.prisma, programId, {}, order, {
        limit: 100,
        backwards: false,
        beyond: null,
      });
      const names: string[] = [];
      for (let after: string | null = null; ; ) {
        const page: {
          partners: { nodes: { name: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
        } = JSON.parse(
          JSON.stringify(
            await answer(
              opened,
              `query ($after: String) { partners(program: "small", first: 3, after: $after, orderBy: { field: ${order.by}, direction: ${order.descending ? 'DESC' : 'ASC'} }) { nodes { name } pageInfo { hasNextPage endCursor } } }`,
              { after },
            ),
          ),
        );
        names.push(...page.partners.nodes.map(({ name }) => name));
        if (!page.partners.pageInfo.hasNextPage) break;
        after = page.partners.pageInfo.endCursor;
      }
      expect([order, names]).toEqual([order, all.map(({ row }) => row.name)]);
      expect(new Set(names).size).toBe(NAMES.length);
      // Those that are equal are in the order of their ids, which are of the moment.
      if (order.by === 'NAME' || order.by === 'EXTERNAL_REF' || order.by === 'ENROLLED_ON')
        pages[`${order.by} ${order.descending}`] = names;
    }
    const { partner } = (await answer(
      opened,
      '{ partner(by: { ref: { program: "small", externalRef: "p-7" } }) { name enrolledOn facts { nodes { source externalId occurredOn ... on RevenueFact { amount } } } standing { on tier { code } knownAt } } }',
    )) as { partner: { standing: { knownAt: string } } };
    expect(partner).toMatchObject({
      name: 'co-op',
      enrolledOn: '2017-08-17',
      facts: { nodes: [{ source: 's\\n', externalId: "r\\'7", occurredOn: '2026-06-01', amount: '210.5' }] },
      standing: { on: '2026-06-15', tier: { code: 'SILVER' }, knownAt: '2026-06-15T12:00:00.002Z' },
    });
    expect(opened.log.problems).toEqual([]);
    return pages;
  } finally {
    await opened.close();
  }
}

test('whatever a database, its role and the URL set, the same is stored, read and listed', async () => {
  const plain = await use(await make("LOCALE 'C' ENCODING 'UTF8'"));
  const ofDatabase = HOSTILE.map((set) => `DATABASE OURS ${set}`);
  expect(await use(await make("LOCALE 'C.utf8' ENCODING 'UTF8'", ofDatabase))).toEqual(plain);
  const ofRole = HOSTILE.map((set) => `ROLE OURS ${set}`);
  const icu = "LOCALE_PROVIDER icu ICU_LOCALE 'de-u-co-phonebk-ks-level2' LOCALE 'C.utf8' ENCODING 'UTF8'";
  const url = `${await make(icu, ofRole)}?options=${encodeURIComponent('-c timezone=Asia/Tokyo -c datestyle=German -c search_path=nowhere')}&statement_timeout=1&client_encoding=LATIN1&application_name=x`;
  expect(await use(url)).toEqual(plain);
});

test('a database that cannot keep what it is given is refused at the start, with a sentence', async () => {
  const open = (url: string) => openDatabase({ kind: 'server', url }).then((database) => database.close());
  await expect(open(await make("LOCALE 'C' ENCODING 'LATIN1'"))).rejects.toThrow(
    "The database of DATABASE_URL is encoded in LATIN1, which has no place for most characters: make one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0.",
  );
  const elsewhere = await make("LOCALE 'C' ENCODING 'UTF8'");
  await execute(
    elsewhere,
    'CREATE SCHEMA kept',
    'CREATE TABLE kept.status_change ()',
    'CREATE TABLE kept.partner_entry ()',
  );
  await expect(open(elsewhere)).rejects.toThrow(
    'The database of DATABASE_URL has the tables in the schema kept, and they have to be in public',
  );
  const bare = await make("LOCALE 'C' ENCODING 'UTF8'");
  await execute(bare.replace(/\/\/[^@]+@/, '//postgres@'), 'DROP SCHEMA public');
  await expect(open(bare)).rejects.toThrow('The database of DATABASE_URL has no schema public');
});
