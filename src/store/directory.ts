import { type Instant, parseDay } from '../engine/day.ts';
import { fractionFromText } from '../engine/fraction.ts';
import { readPublishedRulebook } from '../engine/parse-rulebook.ts';
import type { ProgramSettings } from '../engine/program.ts';
import type { PublishedRulebook, Rulebook } from '../engine/rulebook.ts';
import type { Database } from './database.ts';
import { readEpoch } from './epoch.ts';
import type { Session } from './transaction.ts';

/** A published rulebook with what the store adds to it. */
export type RulebookRecord = PublishedRulebook & {
  readonly number: number;
  readonly publishedAt: Instant;
  /** When it was withdrawn; null for one that counts. */
  readonly withdrawnAt: Instant | null;
};

/** A programme with its rulebooks, ascending by `effectiveFrom`. */
export type ProgramRecord = {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  readonly settings: ProgramSettings;
  /** How many publications and withdrawals there were; a partner judged by an older number is due. */
  readonly rulesVersion: number;
  /** Published and not withdrawn. */
  readonly rulebooks: readonly RulebookRecord[];
  readonly withdrawnRulebooks: readonly RulebookRecord[];
  /** When each publication and withdrawal was recorded, ascending: as many as `rulesVersion` says. */
  readonly rulesChangedAt: readonly Instant[];
  /** Whether any rulebook, withdrawn ones included, counts what belongs to a partner's descendants. */
  readonly countsFamilies: boolean;
};

/** All programmes as of one epoch. */
export type DirectorySnapshot = {
  readonly epoch: bigint;
  readonly byCode: ReadonlyMap<string, ProgramRecord>;
  readonly byId: ReadonlyMap<string, ProgramRecord>;
};

/** What is kept in memory of programmes and rulebooks, guarded by the epoch. */
export type Directory = {
  /** The snapshot, at most a second old. */
  current(): Promise<DirectorySnapshot>;
  /**
   * The programme with this id or code. Where memory knows none the database is asked anew: another process may just have made
   * it, and whoever was told so comes here next.
   */
  find(by: 'id' | 'code', value: string): Promise<ProgramRecord | undefined>;
  /** The snapshot of an epoch that was read in `session` just now; loaded there if it is another than the one in memory. */
  at(epoch: bigint, session: Session): Promise<DirectorySnapshot>;
  /** The database's clock, as last read and carried on; to be trusted like `current`. */
  databaseTime(): Promise<Instant>;
  /** Ends the trust in what is in memory: this process just changed it. */
  expire(): void;
};

const TRUSTED_FOR_MS = 1_000;

type StoredRulebook = {
  readonly id: string;
  readonly number: number;
  readonly effectiveFrom: string;
  readonly publishedAt: number;
  readonly withdrawnAt: number | null;
  readonly document: unknown;
};
type StoredProgram = {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly fiscalYearFirstMonth: number;
  readonly settings: StoredSettings;
  readonly rulesVersion: number;
  readonly rulebooks: readonly StoredRulebook[];
};

/** The part of a programme's settings that is kept as JSON. */
export type StoredSettings = {
  readonly satisfactionScale: { readonly minimum: string; readonly maximum: string };
  readonly measurementKinds: ProgramSettings['measurementKinds'];
};

/** Opens the directory of a database; nothing is read before it is first asked. */
export const createDirectory = (database: Database): Directory => {
  // Parsed once: a published rulebook never changes.
  const parsed = new Map<string, RulebookRecord>();
  let snapshot: DirectorySnapshot | undefined;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let expiredAt = Number.NEGATIVE_INFINITY;
  // What to add to this process's monotonic clock to get the database's.
  let clockOffset = 0;
  let checking: { readonly startedAt: number; readonly result: Promise<DirectorySnapshot> } | undefined;

  const load = async (session: Session): Promise<DirectorySnapshot> => {
    const [row] = await session.$queryRaw<{ epoch: bigint; programs: readonly StoredProgram[] }[]>`
      SELECT number AS epoch, (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
          'id', p.id, 'code', p.code, 'name', p.name, 'timeZone', p.time_zone, 'currency', p.currency,
          'fiscalYearFirstMonth', p.fiscal_year_first_month, 'settings', p.settings, 'rulesVersion', p.rules_version,
          'rulebooks', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'number', r.number, 'effectiveFrom', r.effective_from,
              'publishedAt', floor(extract(epoch FROM r.published_at) * 1000),
              'withdrawnAt', floor(extract(epoch FROM r.withdrawn_at) * 1000), 'document', r.document)
              ORDER BY r.effective_from, r.number), '[]')
            FROM rulebook r WHERE r.program_id = p.id AND r.state <> 'DRAFT'))), '[]')
        FROM program p) AS programs
      FROM epoch`;
    if (row === undefined) throw new Error('The epoch row is missing: the database was not migrated.');
    const records = row.programs.map(toRecord);
    return {
      epoch: row.epoch,
      byCode: new Map(records.map((record) => [record.code, record])),
      byId: new Map(records.map((record) => [record.id, record])),
    };
  };

  const toRecord = (stored: StoredProgram): ProgramRecord => {
    const settings = readSettings(stored);
    const all = stored.rulebooks.map((rulebook) => toRulebook(rulebook, settings));
    const rulebooks = all.filter(({ withdrawnAt }) => withdrawnAt === null);
    return {
      id: stored.id,
      code: stored.code,
      name: stored.name,
      timeZone: stored.timeZone,
      settings,
      rulesVersion: stored.rulesVersion,
      rulebooks,
      withdrawnRulebooks: all.filter(({ withdrawnAt }) => withdrawnAt !== null),
      rulesChangedAt: all
        .flatMap(({ publishedAt, withdrawnAt: at }) => (at === null ? [publishedAt] : [publishedAt, at]))
        .sort((a, b) => a - b),
      countsFamilies: all.some(({ rulebook }) => countsFamilies(rulebook)),
    };
  };

  const toRulebook = (stored: StoredRulebook, settings: ProgramSettings): RulebookRecord => {
    const known = parsed.get(stored.id);
    if (known !== undefined) return { ...known, withdrawnAt: stored.withdrawnAt };
    const result = readPublishedRulebook(stored.document, settings);
    const effectiveFrom = parseDay(stored.effectiveFrom);
    if (!result.ok || effectiveFrom === null) {
      throw new Error(
        `The published rulebook ${stored.id} can't be read: ${result.ok ? 'its first day' : JSON.stringify(result.problems)}.`,
      );
    }
    const { id, number, publishedAt, withdrawnAt } = stored;
    const record = { id, number, effectiveFrom, publishedAt, withdrawnAt, rulebook: result.rulebook };
    parsed.set(id, record);
    return record;
  };

  const adopt = (loaded: DirectorySnapshot): DirectorySnapshot => {
    if (snapshot === undefined || loaded.epoch > snapshot.epoch) snapshot = loaded;
    return loaded;
  };

  const check = async (startedAt: number): Promise<DirectorySnapshot> => {
    const known = snapshot;
    const { epoch, databaseTime } = await readEpoch(database.prisma);
    clockOffset = databaseTime - startedAt;
    const checked = known?.epoch === epoch ? known : adopt(await load(database.prisma));
    checkedAt = Math.max(checkedAt, startedAt);
    return checked;
  };

  const current = async (): Promise<DirectorySnapshot> => {
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

  let nextCheck: Promise<DirectorySnapshot> | undefined;
  // However many ask at once: one check that began before they did is waited for, and one more is shared by all of them.
  const checkAnew = (): Promise<DirectorySnapshot> => {
    nextCheck ??= Promise.allSettled([checking?.result]).then(() => {
      nextCheck = undefined;
      expiredAt = performance.now();
      return current();
    });
    return nextCheck;
  };

  return {
    current,
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
};

const programIn = (
  snapshot: DirectorySnapshot,
  by: 'id' | 'code',
  value: string,
): ProgramRecord | undefined => (by === 'id' ? snapshot.byId : snapshot.byCode).get(value);

const readSettings = (stored: StoredProgram): ProgramSettings => ({
  currency: stored.currency,
  fiscalYearFirstMonth: stored.fiscalYearFirstMonth,
  satisfactionScale: {
    minimum: fractionFromText(stored.settings.satisfactionScale.minimum),
    maximum: fractionFromText(stored.settings.satisfactionScale.maximum),
  },
  measurementKinds: stored.settings.measurementKinds,
});

const countsFamilies = ({ scope, forEachs }: Rulebook): boolean =>
  [scope, ...forEachs.map((forEach) => forEach.scope)].some(({ metrics, groups }) =>
    [...metrics.keys(), ...groups.keys()].some((measured) => measured.scope === 'FAMILY'),
  );
