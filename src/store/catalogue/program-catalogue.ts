import { setImmediate } from 'node:timers/promises';
import { readPublishedRulebook } from '../../engine/format/parse-rulebook.ts';
import { RULEBOOK_LIMITS } from '../../engine/format/rulebook-limits.ts';
import { excessOf } from '../../engine/format/rulebook-size.ts';
import { showRulebook } from '../../engine/format/show-rulebook.ts';
import { scopesOf } from '../../engine/rulebook/measuring-scope.ts';
import type { PublishedRulebook, Rulebook } from '../../engine/rulebook/rulebook.ts';
import { type Instant, parseDay } from '../../engine/values/day.ts';
import type { ProgramSettings } from '../../engine/values/program.ts';
import type { Database } from '../connection/database.ts';
import type { DatabaseClient } from '../connection/transaction.ts';
import { readEpoch } from './epoch.ts';
import { readChanged, readSettings, type StoredProgram, type StoredRulebook } from './stored-program.ts';

/** A published rulebook with what the store adds to it. */
export type RulebookRecord = PublishedRulebook & {
  readonly number: number;
  readonly publishedAt: Instant;
  /** When it was withdrawn; null for one that counts. */
  readonly withdrawnAt: Instant | null;
  /**
   * Why no partner can be judged by it: it is too large, or can't be read; null for one that can be judged
   * by.
   */
  readonly unusable: string | null;
};

/** A programme with its rulebooks, ascending by `effectiveFrom`. */
export type ProgramRecord = {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  readonly settings: ProgramSettings;
  /**
   * How many publications and withdrawals there were. A partner judged by an older number is due. Any other
   * change to a programme has to advance it too, since memory detects changes by it.
   */
  readonly rulesVersion: number;
  /** Published and not withdrawn. */
  readonly rulebooks: readonly RulebookRecord[];
  readonly withdrawnRulebooks: readonly RulebookRecord[];
  /**
   * The first of `rulebooks` that no partner can be judged by; while there is one, no partner of the
   * programme is judged.
   */
  readonly obstacle: Obstacle | null;
  /** When each publication and withdrawal was recorded, ascending: as many as `rulesVersion` says. */
  readonly rulesChangedAt: readonly Instant[];
  /** Whether any rulebook, withdrawn ones included, counts what belongs to a partner's descendants. */
  readonly countsFamilies: boolean;
};

/** A rulebook that keeps a programme from being judged. */
export type Obstacle = { readonly number: number; readonly reason: string };

/** All programmes as of one epoch. */
export type CatalogueSnapshot = {
  readonly epoch: bigint;
  readonly byCode: ReadonlyMap<string, ProgramRecord>;
  readonly byId: ReadonlyMap<string, ProgramRecord>;
};

/** What is kept in memory of programmes and rulebooks, guarded by the epoch. */
export type ProgramCatalogue = {
  /** The snapshot, at most a second old. */
  current(): Promise<CatalogueSnapshot>;
  /** The snapshot in memory, however old; null before the first. */
  latest(): CatalogueSnapshot | null;
  /**
   * The programme with this id or code. Where memory knows none the database is asked anew: another process
   * may just have made it, and the caller that was told so comes here next.
   */
  find(by: 'id' | 'code', value: string): Promise<ProgramRecord | undefined>;
  /**
   * The snapshot of an epoch that was read in `session` just now; loaded there if it is another than the one
   * in memory.
   */
  at(epoch: bigint, session: DatabaseClient): Promise<CatalogueSnapshot>;
  /** The database's clock, as last read and carried on; to be trusted like `current`. */
  databaseTime(): Promise<Instant>;
  /** Ends the trust in what is in memory: this process just changed it. */
  expire(): void;
};

const TRUSTED_FOR_MS = 1_000;

/** Called once per process for a published rulebook that no partner can be judged by. */
export type OnObstacle = (program: string, obstacle: Obstacle) => void;

/** How many documents are read and parsed in one go. */
const DOCUMENTS_AT_ONCE = 16;

/**
 * Opens the catalogue of a database; nothing is read before the first call. At a new epoch only the
 * programmes whose rules changed are read, and a published document, which never changes, is read once.
 */
export function createProgramCatalogue(
  database: Database,
  onObstacle: OnObstacle = () => {},
): ProgramCatalogue {
  const parsed = new Map<string, RulebookRecord>();
  let snapshot: CatalogueSnapshot | undefined;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let expiredAt = Number.NEGATIVE_INFINITY;
  // What to add to this process's monotonic clock to get the database's.
  let clockOffset = 0;
  let checking: { readonly startedAt: number; readonly result: Promise<CatalogueSnapshot> } | undefined;

  const load = async (session: DatabaseClient): Promise<CatalogueSnapshot> => {
    const known = snapshot?.byId ?? new Map<string, ProgramRecord>();
    const changed = await readChanged(session, [...known.values()]);
    const isWhole = changed.epoch >= (snapshot?.epoch ?? 0n);
    // After a restore of the database, what memory knows may be outdated or gone.
    const { epoch, programs, programCount } = isWhole ? changed : await readChanged(session, []);
    await parseNew(session, programs);
    const byId = new Map(isWhole ? known : []);
    for (const stored of programs) byId.set(stored.id, toRecord(stored));
    if (byId.size !== programCount) {
      snapshot = undefined;
      return load(session);
    }
    return { epoch, byId, byCode: new Map([...byId.values()].map((record) => [record.code, record])) };
  };

  /** Reads and parses the documents that these programmes have and memory does not know. */
  const parseNew = async (session: DatabaseClient, programs: readonly StoredProgram[]): Promise<void> => {
    const missing = programs.flatMap((program) =>
      program.rulebooks.filter(({ id }) => !parsed.has(id)).map((rulebook) => ({ program, rulebook })),
    );
    for (let from = 0; from < missing.length; from += DOCUMENTS_AT_ONCE) {
      const some = missing.slice(from, from + DOCUMENTS_AT_ONCE);
      const ids = some.map(({ rulebook }) => rulebook.id);
      const rows = await session.rulebook.findMany({
        where: { id: { in: ids } },
        select: { id: true, document: true },
      });
      const documents = new Map(rows.map(({ id, document }) => [id, document]));
      for (const { program, rulebook } of some) {
        // Another load may have read it meanwhile.
        if (parsed.has(rulebook.id)) continue;
        const record = parseRecord(rulebook, documents.get(rulebook.id), readSettings(program));
        parsed.set(rulebook.id, record);
        const { number, unusable } = record;
        if (unusable !== null) onObstacle(program.code, { number, reason: unusable });
      }
      await setImmediate();
    }
  };

  const toRecord = (stored: StoredProgram): ProgramRecord => {
    const all = stored.rulebooks.map(({ id, withdrawnAt }): RulebookRecord => {
      const known = parsed.get(id);
      if (known === undefined) throw new Error(`The rulebook ${id} was not read.`);
      return { ...known, withdrawnAt };
    });
    const rulebooks = all.filter(({ withdrawnAt }) => withdrawnAt === null);
    const unusable = rulebooks.find((rulebook) => rulebook.unusable !== null);
    return {
      id: stored.id,
      code: stored.code,
      name: stored.name,
      timeZone: stored.timeZone,
      settings: readSettings(stored),
      rulesVersion: stored.rulesVersion,
      rulebooks,
      withdrawnRulebooks: all.filter(({ withdrawnAt }) => withdrawnAt !== null),
      obstacle: unusable ? { number: unusable.number, reason: unusable.unusable ?? '' } : null,
      rulesChangedAt: all
        .flatMap(({ publishedAt, withdrawnAt: at }) => (at === null ? [publishedAt] : [publishedAt, at]))
        .sort((a, b) => a - b),
      countsFamilies: all.some(({ rulebook }) => countsFamilies(rulebook)),
    };
  };

  const adopt = (loaded: CatalogueSnapshot): CatalogueSnapshot => {
    if (snapshot === undefined || loaded.epoch > snapshot.epoch) snapshot = loaded;
    return loaded;
  };

  const check = async (startedAt: number): Promise<CatalogueSnapshot> => {
    const known = snapshot;
    const { epoch, databaseTime } = await readEpoch(database.prisma);
    clockOffset = databaseTime - startedAt;
    const checked = known?.epoch === epoch ? known : adopt(await load(database.prisma));
    checkedAt = Math.max(checkedAt, startedAt);
    return checked;
  };

  const current = async (): Promise<CatalogueSnapshot> => {
    const now = performance.now();
    if (snapshot !== undefined && checkedAt > expiredAt && now - checkedAt < TRUSTED_FOR_MS) return snapshot;
    if (checking === undefined || checking.startedAt <= expiredAt) {
      const mine = { startedAt: now, result: check(now) };
      checking = mine;
      const done = () => {
        if (checking === mine) checking = undefined;
      };
      mine.result.then(done, done);
    }
    return checking.result;
  };

  let nextCheck: Promise<CatalogueSnapshot> | undefined;
  // All callers at once wait for the check that is under way and then share one more.
  const checkAnew = (): Promise<CatalogueSnapshot> => {
    nextCheck ??= Promise.allSettled([checking?.result]).then(() => {
      nextCheck = undefined;
      expiredAt = performance.now();
      return current();
    });
    return nextCheck;
  };

  return {
    current,
    latest: () => snapshot ?? null,
    async find(by, value) {
      return programIn(await current(), by, value) ?? programIn(await checkAnew(), by, value);
    },
    async at(epoch, session) {
      return snapshot?.epoch === epoch ? snapshot : adopt(await load(session));
    },
    async databaseTime() {
      await current();
      return Math.floor(performance.now() + clockOffset);
    },
    expire() {
      expiredAt = performance.now();
    },
  };
}

function programIn(snapshot: CatalogueSnapshot, by: 'id' | 'code', value: string): ProgramRecord | undefined {
  return (by === 'id' ? snapshot.byId : snapshot.byCode).get(value);
}

function countsFamilies(rulebook: Rulebook): boolean {
  return scopesOf(rulebook).some(({ metrics, groups }) =>
    [...metrics.keys(), ...groups.keys()].some((measured) => measured.scope === 'FAMILY'),
  );
}

/** What a published document says; one that can't be judged by is there with what of it can be shown. */
function parseRecord(stored: StoredRulebook, document: unknown, settings: ProgramSettings): RulebookRecord {
  const { id, number, publishedAt, withdrawnAt } = stored;
  const effectiveFrom = parseDay(stored.effectiveFrom);
  if (effectiveFrom === null) throw new Error(`The published rulebook ${id} has no first day.`);
  const result = readPublishedRulebook(document, settings);
  const common = { id, number, effectiveFrom, publishedAt, withdrawnAt };
  if (!result.ok) {
    const [problem] = result.problems;
    const unusable = `Its document can't be read: ${problem?.path ?? ''}: ${problem?.message ?? ''}`;
    return { ...common, rulebook: showRulebook(document, settings), unusable };
  }
  const { rulebook } = result;
  const { partsJudged: parts, depthJudged: depth } = RULEBOOK_LIMITS;
  const excess = excessOf(rulebook, { parts, depth });
  const unusable =
    excess && `It is too large at ${excess.path === '' ? 'its tiers' : excess.path}: ${excess.message}`;
  return { ...common, rulebook, unusable };
}
