import { randomUUIDv7 } from 'node:crypto';
import type { Fact } from '../../engine/partner/fact.ts';
import type { Instant } from '../../engine/values/day.ts';
import { toStoredName } from '../../engine/values/naming-text.ts';
import { TryAgain } from '../../store/connection/transaction.ts';
import { fingerprintOf } from '../../store/encoding/fingerprint.ts';
import type { LogEntry } from '../../store/encoding/log-entry.ts';
import { lockPartners } from '../../store/writing/lock-partners.ts';
import { type FingerprintedFact, insertFacts, readFactChains } from '../../store/writing/write-facts.ts';
import { type App, type Refused, refuse } from '../context/app.ts';
import { mapGivingWay } from '../context/give-way.ts';
import { BeyondItems, type Excess, rejectItem } from '../judging/bound-items.ts';
import { checkRow, type FactContent } from '../naming/check-fact.ts';
import type { FactInput, RowRejection } from '../naming/fact-input.ts';
import { readPersons, withPerson } from '../naming/persons.ts';
import {
  pickSpelling,
  readReferences,
  refuseName,
  rejectPartner,
  spellingsOf,
} from '../naming/references.ts';
import { createWarner } from './warn.ts';
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
 * What became of the row at `index`. A duplicate names the version that says the same, and whether the fact
 * is void now. An outdated row says what an older version said.
 */
export type RowOutcome =
  | { readonly type: 'RECORDED'; readonly index: number; readonly fact: Fact }
  | { readonly type: 'DUPLICATE'; readonly index: number; readonly fact: Fact; readonly isVoid: boolean }
  | { readonly type: 'OUTDATED'; readonly index: number; readonly current: Fact }
  | ({ readonly type: 'REJECTED'; readonly index: number } & RowRejection);

export type FactsRecorded = { readonly rows: readonly RowOutcome[]; readonly changes: readonly LogEntry[] };

/** REJECT_ALL met these; nothing was recorded. */
export type FactsRejected = Refused<'FACTS_REJECTED'> & { readonly rejections: readonly RowOutcome[] };

/** The source is a text that names nothing. */
export type SourceRefused = Refused<'INVALID_INPUT'> & { readonly path: string };

/**
 * Records facts, judges the partners concerned and logs what changed about them, all in one transaction.
 * Idempotent by (program, source, externalId): the same row again is a duplicate and changes nothing, what an
 * older version said is outdated, and another row under the same key is a conflict.
 */
export async function recordFacts(
  app: App,
  command: RecordFacts,
): Promise<FactsRecorded | FactsRejected | SourceRefused | WriteRefusal> {
  const recordedNothing: FactsRecorded = { rows: [], changes: [] };
  const refused = new Map<string, Excess>();
  for (;;) {
    try {
      return await writeToProgram(app, command.program, (writing) =>
        command.facts.length === 0 ? Promise.resolve(recordedNothing) : recordRows(writing, command, refused),
      );
    } catch (error) {
      if (!(error instanceof BeyondItems)) throw error;
      // Nothing was recorded; once more without the rows that bring too many items. Each time there are more
      // of them.
      for (const excess of error.excesses.toReversed()) refused.set(excess.fact.externalId, excess);
    }
  }
}

async function recordRows(
  writing: Writing,
  command: RecordFacts,
  refused: ReadonlyMap<string, Excess>,
): Promise<FactsRecorded | FactsRejected | SourceRefused> {
  const { tx, program, giveWay } = writing;
  const checked = await mapGivingWay(giveWay, command.facts, (row, index) =>
    checkRow(row, `facts[${index}]`, program),
  );
  const sent = new Set(checked.flatMap(({ content }) => content?.partner ?? []));
  const { stored: refs, pick } = await readReferences(tx, program, [...sent]);
  const locked = await lockPartners(tx, program.id, { refs, withAncestors: program.countsFamilies });
  const keys = command.facts.map(({ externalId }) => spellingsOf(externalId));
  const sources = spellingsOf(command.source);
  const known = await Promise.all(
    sources.map((source) => readFactChains(tx, program.id, source, [...new Set(keys.flat())])),
  );
  const chains = known.map((ofSource) => new Map(ofSource));
  const unreadable = refuseName(command.source, 'source');
  if (unreadable !== null && chains.every(({ size }) => size === 0)) return unreadable;
  const source = toStoredName(command.source);
  const chainsOfSource = chains.at(-1) ?? new Map<string, readonly FingerprintedFact[]>();

  const partners = new Map(locked.map((partner) => [partner.externalRef, partner]));
  const recordedAt = nextInstant(writing, locked);
  const added: FingerprintedFact[] = [];
  const persons = await readPersons(
    tx,
    program,
    checked.flatMap(({ content }) => content?.person ?? []),
  );
  const named = new Set(refs);
  const warn = await createWarner(
    writing,
    locked.filter(({ externalRef }) => named.has(externalRef)),
  );
  const rows = await mapGivingWay(giveWay, checked, (row, index): RowOutcome => {
    if (row.content === null) return { type: 'REJECTED', index, ...row.rejection };
    const { rejection } = row;
    const content = withPerson(row.content, persons);
    const partner = pick(partners, content.partner);
    if (partner === undefined) {
      return rejection === null
        ? unknownPartner(index, content.partner)
        : { type: 'REJECTED', index, ...rejection };
    }
    const fingerprint = fingerprintOf({ ...content, partnerId: partner.id });
    // First as it was sent: texts stored before names were normalized are kept unchanged.
    const chain = chains.map((ofSource) => pickSpelling(ofSource, keys[index] ?? [])).find((each) => each);
    const known = chain && knownRow(index, chain, fingerprint);
    // A row that would be refused today can still be one that was recorded before.
    if (rejection !== null && (known === undefined || known.type === 'REJECTED')) {
      return { type: 'REJECTED', index, ...rejection };
    }
    if (known !== undefined) return known;
    if (unreadable !== null) {
      return { type: 'REJECTED', index, code: 'INVALID_VALUE', path: 'source', message: unreadable.message };
    }
    const excess = refused.get(content.externalId);
    const input = command.facts[index];
    if (excess !== undefined && input !== undefined) {
      return { type: 'REJECTED', index, ...rejectItem(excess, input, `facts[${index}]`) };
    }
    const first = firstVersion(content, partner.id, source, recordedAt);
    const fact = { ...first, warning: warn(first) };
    added.push({ fact, fingerprint });
    if (fact.person !== null) persons.add(fact.person);
    chainsOfSource.set(content.externalId, [{ fact, fingerprint }]);
    return { type: 'RECORDED', index, fact };
  });

  const rejections = rows.filter((row) => row.type === 'REJECTED');
  if (command.onError === 'REJECT_ALL' && rejections.length > 0) {
    const message = `${rejections.length} of ${rows.length} rows ${rejections.length === 1 ? 'was' : 'were'} refused, so none was recorded.`;
    return { ...refuse('FACTS_REJECTED', message), rejections };
  }
  if (added.length === 0) return { rows, changes: [] };

  const ids = new Set(added.map(({ fact }) => fact.id));
  const causes = Map.groupBy(added, ({ fact }) => fact.partnerId);
  // Where families count, the partners above one with new facts are judged too.
  const concerned = program.countsFamilies ? locked : locked.filter((partner) => causes.has(partner.id));
  const changes = await changePartners(
    writing,
    concerned,
    {
      trigger: 'FACT',
      recordedAt,
      causesOf: (id) => causes.get(id)?.map(({ fact }) => fact.id) ?? [],
      arrivalsOf: () => ({ isNew: ({ id }) => ids.has(id), replaced: [] }),
    },
    async () => {
      const inserted = await insertFacts(tx, program.id, added);
      // Another transaction took a key after the chains were read. It has committed, so the next attempt sees
      // it.
      if (inserted.size < added.length) throw new TryAgain();
      await persons.keep(tx);
    },
  );
  return { rows, changes };
}

/**
 * What a row is to the versions under its key (rules 7 and 38): a nightly file that repeats what was
 * corrected since must not take the correction back, and one that repeats what was voided since must not
 * revive it.
 */
function knownRow(index: number, chain: readonly FingerprintedFact[], fingerprint: string): RowOutcome {
  const current = chain.at(-1)?.fact;
  if (current === undefined) throw new Error('A key that is known has a version.');
  const same = chain.findLast((version) => version.fingerprint === fingerprint)?.fact;
  if (same === undefined) return conflict(index, current);
  if (same === current || current.voided)
    return { type: 'DUPLICATE', index, fact: same, isVoid: current.voided };
  return { type: 'OUTDATED', index, current };
}

/** The first version of a fact's chain. */
function firstVersion(
  { partner: _, ...content }: FactContent,
  partnerId: string,
  source: string,
  recordedAt: Instant,
): Fact {
  return {
    ...content,
    id: randomUUIDv7(),
    partnerId,
    source,
    version: 1,
    recordedAt,
    supersededAt: null,
    voided: false,
  };
}

function unknownPartner(index: number, ref: string): RowOutcome {
  return {
    type: 'REJECTED',
    index,
    ...rejectPartner(ref, `facts[${index}].partner`),
  };
}

function conflict(index: number, current: Fact): RowOutcome {
  return {
    type: 'REJECTED',
    index,
    code: 'CONFLICT',
    path: `facts[${index}].externalId`,
    message:
      `The source ${JSON.stringify(current.source)} already has another fact under ${JSON.stringify(current.externalId)}: ` +
      `version ${current.version}. Correct or void that one instead.`,
  };
}
