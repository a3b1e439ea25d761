import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey } from '../../src/app/access/api-key.ts';
import { ALL_RIGHTS } from '../../src/app/access/rights.ts';
import { judgeDue } from '../../src/app/judging/judge-due.ts';
import { correctFact } from '../../src/app/writing/amend-fact.ts';
import { overrideTier } from '../../src/app/writing/override-tier.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { updatePartner } from '../../src/app/writing/update-partner.ts';
import { readCursorKey } from '../../src/store/catalogue/epoch.ts';
import { readStandingStamps } from '../../src/store/catalogue/standing-stamps.ts';
import { readLogNews, readLogRange } from '../../src/store/follow-log.ts';
import { findApiKeyById } from '../../src/store/reading/read-api-key.ts';
import { countCollidingNames, listCollidingNames } from '../../src/store/reading/read-odd-name.ts';
import { readPartners } from '../../src/store/reading/read-partner.ts';
import { FULL_SCOPE } from '../../src/store/reading/read-scope.ts';
import { findBeyondItems } from '../../src/store/writing/beyond-items.ts';
import { findSpellings } from '../../src/store/writing/first-spelling.ts';
import { kindOf, type RawQuery, readRawQueries } from '../project/support/declared-rows.ts';
import { answer } from '../schema/ask.ts';
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
import { openTestApp } from '../support/test-app.ts';

const QUERIES = readRawQueries(['src/store'], 45);

/** What the database gave, by the place in the source that asked for it. */
const seen = new Map<RawQuery, Record<string, unknown>[]>();

/** Which call of `$queryRaw` is being made. */
function callingQuery(): RawQuery | undefined {
  for (const line of new Error().stack?.split('\n') ?? []) {
    const [, file, at] = /(src\/store\/[\w/.-]+\.ts):(\d+):\d+/.exec(line) ?? [];
    if (file === undefined) continue;
    return QUERIES.find(
      (query) => query.file === file && query.fromLine <= Number(at) && Number(at) <= query.toLine,
    );
  }
  return undefined;
}

type Raw = (...given: readonly unknown[]) => Promise<Record<string, unknown>[]>;

/** The same session, with what its raw queries give kept. */
function watched<T extends object>(session: T): T {
  return new Proxy(session, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      if (name === '$transaction') {
        return (work: (tx: object) => unknown, options: object) =>
          member.call(target, (tx: object) => work(watched(tx)), options);
      }
      if (name !== '$queryRaw') return member.bind(target);
      return async (...given: Parameters<Raw>): ReturnType<Raw> => {
        const query = callingQuery();
        const rows: Awaited<ReturnType<Raw>> = await member.apply(target, given);
        if (query !== undefined) seen.set(query, [...(seen.get(query) ?? []), ...rows]);
        return rows;
      };
    },
  });
}

let opened: Awaited<ReturnType<typeof openTestApp>>;
let now = Date.UTC(2026, 10, 23, 12);

/** A programme in which everything was done that can be, and everything asked that can be asked of it. */
beforeAll(async () => {
  opened = await openTestApp({ clock: () => now });
  const { app } = opened;
  Object.defineProperty(app.database, 'prisma', { value: watched(app.database.prisma) });
  const { prisma } = app.database;
  const programId = await createSmallProgram(app);
  const [topId = '', belowId = ''] = await enroll(app, ['TOP', 'BELOW']);
  const { revenue: metric } = SMALL_RULEBOOK.measures;
  const measures = { revenue: { ...metric, metric: { ...metric.metric, scope: 'FAMILY' } } };
  await publish(app, 'small', { ...SMALL_RULEBOOK, measures }, '2026-11-23');
  await judgeDue(app);
  now += 1_000;
  const moved = { program: 'small', partner: 'BELOW', firstOn: null, parent: 'TOP' };
  granted(await updatePartner(app, moved));
  const facts = [
    revenue('r', 'BELOW', '1500', '2026-11-10'),
    certificate('c', 'TOP', 'ann', '2026-01-10', '2026-12-10'),
  ];
  granted(await recordFacts(app, { program: 'small', source: 'crm', facts, onError: 'REJECT_ALL' }));
  const { externalId, ...fact } = revenue('r', 'BELOW', '1600', '2026-11-10');
  granted(await correctFact(app, { program: 'small', source: 'crm', externalId, expectedVersion: 1, fact }));
  const override = { program: 'small', partner: 'TOP', tier: 'GOLD', reason: 'Why not.', actor: 'Ms Ray' };
  granted(await overrideTier(app, { ...override, firstOn: day('2026-12-01'), endsOn: day('2027-01-01') }));
  for (const name of ['a', 'b']) {
    const key = { name, programs: ['small'], expiresAt: null, partner: null, role: 'ADMIN' } as const;
    granted(await createApiKey(app, ALL_RIGHTS, key));
  }
  const odd = { programId, kind: 'REFERENCE', source: '', text: ' x', sourceForm: '', form: 'x' };
  await prisma.oddName.create({ data: { ...odd, collides: true } });
  await prisma.firstSpelling.create({ data: { programId, kind: 'PERSON', folded: 'ann', spelling: 'Ann' } });

  const listed = JSON.stringify(
    await answer(
      opened,
      `{
      apiKeys { totalCount nodes { id name } }
      programs { nodes { distribution { count } judging { judged } } }
      statusChanges(program: "small") { totalCount nodes { id causes { id } partner { name } } }
      partners(program: "small", filter: { search: "below" }, orderBy: { field: NAME }) { totalCount nodes { id name } }
      all: partners(program: "small") { nodes {
        id affiliates { totalCount nodes { name parent { name } } }
        facts { totalCount nodes { id versions { nodes { version } } } }
        statusChanges { totalCount nodes { id } } overrides { nodes { id } }
        history { nodes { from } } standing(knownAt: "2026-11-23T12:00:00Z") { tier { code } }
      } }
      one: partner(by: { ref: { program: "small", externalRef: "TOP" } }) { name }
    }`,
    ),
  );
  const ids = [...listed.matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id);
  await answer(opened, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });

  const session = app.database.prisma;
  await findApiKeyById(FULL_SCOPE, session, (await prisma.apiKey.findFirstOrThrow()).id);
  await readStandingStamps(session, [topId]);
  await readCursorKey(session);
  await readLogNews(session, [{ programId, position: 0 }], 10);
  await readLogRange(session, programId, 0, 10);
  await findSpellings(session, programId, 'PERSON', ['ann']);
  await listCollidingNames(FULL_SCOPE, session, programId, 10);
  await countCollidingNames(FULL_SCOPE, session, programId);
  await readPartners(FULL_SCOPE, session, [topId, belowId]);
  const dimension = {
    path: 'x',
    dimension: { type: 'FIELD', field: 'credential' },
    allowed: 0,
    facts: [{ kind: 'certification', scope: 'FAMILY' }],
  } as const;
  await findBeyondItems(session, programId, [dimension]);
}, 120_000);

afterAll(() => opened.close());

test('every raw query was made and gave something', () => {
  const silent = QUERIES.filter((query) => (seen.get(query)?.length ?? 0) === 0);
  expect(silent.map(({ file, fromLine }) => `${file}:${fromLine}`)).toEqual([]);
});

test('what the database gives is what the type of the row says', () => {
  const wrong = [...seen].flatMap(([{ file, fromLine, columns }, rows]) =>
    rows.flatMap((row) => {
      const place = `${file}:${fromLine}`;
      const undeclared = Object.keys(row).filter((name) => !columns.has(name));
      const other = [...columns].filter(
        ([name, kinds]) => !kinds.has('any') && !kinds.has(kindOf(row[name])),
      );
      return [
        ...undeclared.map((name) => `${place}: ${name} is not declared`),
        ...other.map(
          ([name, kinds]) => `${place}: ${name} is ${kindOf(row[name])}, not ${[...kinds].join(' or ')}`,
        ),
      ];
    }),
  );
  expect([...new Set(wrong)]).toEqual([]);
});
