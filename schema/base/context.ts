import DataLoader from 'dataloader';
import { narrowApp } from '../../src/app/access/narrow-app.ts';
import { ALL_RIGHTS, type Rights, type RightsClass, scopeOf } from '../../src/app/access/rights.ts';
import type { App } from '../../src/app/context/app.ts';
import type { Fact } from '../../src/engine/partner/fact.ts';
import type { StandingWatch } from '../../src/events/standing-watch.ts';
import type { Tail } from '../../src/events/tail.ts';
import type { LogEntry } from '../../src/store/encoding/log-entry.ts';
import { readFacts } from '../../src/store/reading/read-fact.ts';
import { readChanges } from '../../src/store/reading/read-log.ts';
import { type PartnerRow, readPartners } from '../../src/store/reading/read-partner.ts';
import type { ReadScope } from '../../src/store/reading/read-scope.ts';
import { createTold, type Told } from './told.ts';

/** What resolvers work with, for one operation or one event. Rows are read once and in batches. */
export type Context = {
  readonly requestId: string;
  readonly rights: RightsClass;
  /** The caller; null for an event, which is executed once for all callers with the same rights. */
  readonly viewer: Rights | null;
  /** Narrowed to what the rights reach. */
  readonly app: App;
  readonly tail: Tail;
  readonly watch: StandingWatch<PartnerRow>;
  readonly scope: ReadScope;
  readonly told: Told;
  readonly partners: DataLoader<string, PartnerRow | null>;
  readonly facts: DataLoader<string, Fact | null>;
  readonly changes: DataLoader<string, LogEntry | null>;
};

type Given = Pick<Context, 'requestId' | 'app' | 'tail' | 'watch'> & {
  readonly rights?: Rights | RightsClass;
};

const made = new WeakSet<object>();

function isContext(value: object): value is Context {
  return made.has(value);
}

/** The context that a resolver is given, which has to be one of ours. */
export function contextOf(given: object): Context {
  if (!isContext(given)) throw new Error('This is no context of the graph.');
  return given;
}

/**
 * Makes a context that has read nothing yet. If `rights` are left out, the caller has all of them:
 * authentication is switched off.
 */
export function createContext({ requestId, rights = ALL_RIGHTS, app, tail, watch }: Given): Context {
  const scope = scopeOf(rights);
  const { prisma } = app.database;
  const told = createTold(rights.role);
  const context: Context = {
    requestId,
    rights,
    viewer: 'identity' in rights ? rights : null,
    app: narrowApp(app, rights),
    tail,
    watch,
    scope,
    told,
    partners: loaderOf((ids) => readPartners(scope, prisma, ids)),
    facts: loaderOf((ids) => readFacts(scope, prisma, ids.filter(told.mayReadFact))),
    changes: loaderOf((ids) => readChanges(scope, prisma, ids)),
  };
  made.add(context);
  return context;
}

/** Batches reads that return rows in no order, without those that are not there. */
function loaderOf<Row extends { readonly id: string }>(
  read: (ids: readonly string[]) => Promise<readonly Row[]>,
): DataLoader<string, Row | null> {
  return new DataLoader(async (ids) => {
    const rows = new Map((await read(ids)).map((row) => [row.id, row]));
    return ids.map((id) => rows.get(id) ?? null);
  });
}
