import { randomUUIDv7 } from 'node:crypto';
import type { Instant } from '../engine/day.ts';
import type { Fact } from '../engine/fact.ts';
import { TryAgain } from '../store/transaction.ts';
import { type FingerprintedFact, insertFacts, readFactChains } from '../store/write-facts.ts';
import type { LogEntry } from '../store/write-log.ts';
import { lockPartners } from '../store/write-partner.ts';
import { type App, type Refused, refuse } from './app.ts';
import { checkFact, type FactContent, fingerprintOf } from './check-fact.ts';
import type { FactInput, RowRejection } from './fact-input.ts';
import {
  changePartners,
  nextInstant,
  type WriteRefusal,
  type Writing,
  writeToProgram,
} from './write-to-program.ts';

/** How many rows one call may bring. */
export const MAX_ROWS = 1_000;

export type RecordFacts = {
  readonly program: string;
  readonly source: string;
  readonly facts: readonly FactInput[];
  /** SKIP_ROW records what it can; REJECT_ALL records nothing if any row is refused. */
  readonly onError: 'SKIP_ROW' | 'REJECT_ALL';
};

/**
 * What became of the row at `index`. A duplicate names the version that says the same, and whether the fact is void now. An
 * outdated row says what an older version said.
 */
export type RowOutcome =
  | { readonly type: 'RECORDED'; readonly index: number; readonly fact: Fact }
  | { readonly type: 'DUPLICATE'; readonly index: number; readonly fact: Fact; readonly isVoid: boolean }
  | { readonly type: 'OUTDATED'; readonly index: number; readonly current: Fact }
  | ({ readonly type: 'REJECTED'; readonly index: number } & RowRejection);

export type FactsRecorded = { readonly rows: readonly RowOutcome[]; readonly changes: readonly LogEntry[] };

/** REJECT_ALL met these; nothing was recorded. */
export type FactsRejected = Refused<'FACTS_REJECTED'> & { readonly rejections: readonly RowOutcome[] };

/**
 * Records facts, judges the partners concerned and logs what changed about them, all in one transaction. Idempotent by (program, source,
 * externalId): the same row again is a duplicate and changes nothing, what an older version said is outdated, and another row under the
 * same key is a conflict.
 */
export const recordFacts = async (
  app: App,
  command: RecordFacts,
): Promise<FactsRecorded | FactsRejected | WriteRefusal> => {
  const recordedNothing: FactsRecorded = { rows: [], changes: [] };
  return writeToProgram(app, command.program, (writing) =>
    command.facts.length === 0 ? Promise.resolve(recordedNothing) : recordRows(writing, command),
  );
};

const recordRows = async (writing: Writing, command: RecordFacts): Promise<FactsRecorded | FactsRejected> => {
  const { tx, program } = writing;
  const checked = command.facts.map((row, index) => checkFact(row, `facts[${index}]`, program));
  const contents = checked.filter((row): row is FactContent => !('code' in row));
  const locked = await lockPartners(tx, program.id, {
    refs: [...new Set(contents.map((row) => row.partner))],
    withAncestors: program.countsFamilies,
  });
  const externalIds = contents.map((row) => row.externalId);
  const chains = new Map(await readFactChains(tx, program.id, command.source, externalIds));

  const partners = new Map(locked.map((partner) => [partner.externalRef, partner]));
  const recordedAt = nextInstant(writing, locked);
  const added: FingerprintedFact[] = [];
  const rows = checked.map((row, index): RowOutcome => {
    if ('code' in row) return { type: 'REJECTED', index, ...row };
    const partner = partners.get(row.partner);
    if (partner === undefined) return unknownPartner(index, row.partner);
    const fingerprint = fingerprintOf({ ...row, partnerId: partner.id });
    const chain = chains.get(row.externalId);
    if (chain !== undefined) return knownRow(index, chain, fingerprint);
    const fact = firstVersion(row, partner.id, command.source, recordedAt);
    added.push({ fact, fingerprint });
    chains.set(row.externalId, [{ fact, fingerprint }]);
    return { type: 'RECORDED', index, fact };
  });

  const rejections = rows.filter((row) => row.type === 'REJECTED');
  if (command.onError === 'REJECT_ALL' && rejections.length > 0) {
    const message = `${rejections.length} of ${rows.length} rows were refused, so none was recorded.`;
    return { ...refuse('FACTS_REJECTED', message), rejections };
  }
  if (added.length === 0) return { rows, changes: [] };

  const causes = Map.groupBy(added, ({ fact }) => fact.partnerId);
  // Where families count, whoever is above a partner with new facts is judged too.
  const concerned = program.countsFamilies ? locked : locked.filter((partner) => causes.has(partner.id));
  const changes = await changePartners(
    writing,
    concerned,
    { trigger: 'FACT', recordedAt, causesOf: (id) => causes.get(id)?.map(({ fact }) => fact.id) ?? [] },
    async () => {
      const inserted = await insertFacts(tx, program.id, added);
      // Another transaction took a key after the chains were read: now that it has committed, they will show it.
      if (inserted.size < added.length) throw new TryAgain();
    },
  );
  return { rows, changes };
};

/**
 * What a row is to the versions under its key (rules 7 and 38): a nightly file that repeats what was corrected since must not take
 * the correction back, and one that repeats what was voided since must not revive it.
 */
const knownRow = (index: number, chain: readonly FingerprintedFact[], fingerprint: string): RowOutcome => {
  const current = chain.at(-1)?.fact;
  if (current === undefined) throw new Error('A key that is known has a version.');
  const same = chain.findLast((version) => version.fingerprint === fingerprint)?.fact;
  if (same === undefined) return conflict(index, current);
  if (same === current || current.voided)
    return { type: 'DUPLICATE', index, fact: same, isVoid: current.voided };
  return { type: 'OUTDATED', index, current };
};

/** The first version of a fact's chain. */
const firstVersion = (
  { partner: _, ...content }: FactContent,
  partnerId: string,
  source: string,
  recordedAt: Instant,
): Fact => ({
  ...content,
  id: randomUUIDv7(),
  partnerId,
  source,
  version: 1,
  recordedAt,
  supersededAt: null,
  voided: false,
});

const unknownPartner = (index: number, ref: string): RowOutcome => ({
  type: 'REJECTED',
  index,
  code: 'UNKNOWN_PARTNER',
  path: `facts[${index}].partner`,
  message: `The programme has no partner with the reference ${JSON.stringify(ref)}.`,
});

const conflict = (index: number, current: Fact): RowOutcome => ({
  type: 'REJECTED',
  index,
  code: 'CONFLICT',
  path: `facts[${index}].externalId`,
  message:
    `The source ${JSON.stringify(current.source)} already has another fact under ${JSON.stringify(current.externalId)}: ` +
    `version ${current.version}, id ${current.id}. Correct or void that one instead.`,
});
