import { randomUUIDv7 } from 'node:crypto';
import type { Change, Trigger } from '../../engine/changes/change.ts';
import { nextGap } from '../../engine/judging/next-gap.ts';
import { boundaryFacts } from '../../engine/measuring/boundary-facts.ts';
import { entryOn } from '../../engine/partner/entry-on.ts';
import type { PartnerData } from '../../engine/partner/partner-data.ts';
import type { Timeline } from '../../engine/partner/status.ts';
import { standingBasis } from '../../engine/policy/judge-partner.ts';
import { historyInSteps, nextChangeOn, type PartnerHistory } from '../../engine/policy/timeline.ts';
import { rulebooksInForce } from '../../engine/rulebook/transition.ts';
import type { Day, Instant } from '../../engine/values/day.ts';
import { earliest } from '../../engine/values/earliest.ts';
import type { ProgramRecord } from '../../store/catalogue/program-catalogue.ts';
import { keepAwake } from '../../store/connection/keep-awake.ts';
import type { Transaction } from '../../store/connection/transaction.ts';
import { eachBatch } from '../../store/encoding/batches.ts';
import type { HeldSpecialization } from '../../store/encoding/held-specialization.ts';
import { MAX_CAUSES, type NewLogEntry } from '../../store/encoding/log-entry.ts';
import type { LockedPartner } from '../../store/writing/lock-partners.ts';
import { factsOf, type LoadedInputs, loadInputs } from '../../store/writing/partner-inputs.ts';
import {
  markRecorded,
  renamePartners,
  type StandingRow,
  updateStandings,
} from '../../store/writing/write-partner.ts';
import { finishGivingWay, type GiveWay } from '../context/give-way.ts';
import { type ArrivalsOf, BeyondItems, type Excess, findExcesses } from './bound-items.ts';
import { changesSince } from './changes-since.ts';

/** What happened to partners that a transaction holds locked. */
export type Settlement = {
  readonly program: ProgramRecord;
  readonly trigger: Trigger;
  readonly today: Day;
  readonly now: Instant;
  readonly giveWay: GiveWay;
  /** The new facts that concern a partner itself, if facts are the trigger. */
  readonly causesOf: (partnerId: string) => readonly string[];
  /** When the partners' new facts, entries or overrides were recorded; null if nothing was. */
  readonly recordedAt: Instant | null;
  /** What is new among the partners' facts, if it may bring them more items than a forEach may have. */
  readonly arrivalsOf?: ArrivalsOf | null;
};

export type Settled = {
  readonly partners: readonly LockedPartner[];
  readonly entries: readonly NewLogEntry[];
};

/**
 * Judges locked partners by all that is recorded in the transaction, writes their standings, and returns the
 * rows as they are now with the log entries that have to be appended before commit. Throws BeyondItems, and
 * then has judged none, or not all.
 */
export async function settlePartners(
  tx: Transaction,
  partners: readonly LockedPartner[],
  settlement: Settlement,
): Promise<Settled> {
  if (partners.length === 0) return { partners: [], entries: [] };
  const { program, recordedAt } = settlement;
  if (program.obstacle !== null) {
    // Facts and entries are kept, and are judged once the programme can be.
    const ids = partners.map(({ id }) => id);
    if (recordedAt !== null) await markRecorded(tx, ids, recordedAt);
    return { partners, entries: [] };
  }
  const settled: { partners: LockedPartner[]; entries: NewLogEntry[] } = { partners: [], entries: [] };
  const excesses: Excess[] = [];
  await eachBatch(
    partners,
    async (batch) => {
      const { partners: done, entries, facts } = await settleBatch(tx, batch, settlement, excesses);
      settled.partners.push(...done);
      settled.entries.push(...entries);
      return facts;
    },
    ({ weight }) => weight,
  );
  if (excesses.length > 0) throw new BeyondItems(excesses);
  return settled;
}

async function settleBatch(
  tx: Transaction,
  batch: readonly LockedPartner[],
  settlement: Settlement,
  excesses: Excess[],
): Promise<Settled & { readonly facts: number }> {
  const { program, arrivalsOf } = settlement;
  const ids = batch.map(({ id }) => id);
  const cases = await loadInputs(tx, program, ids, { isToWrite: true });
  const facts = cases.values().reduce((sum, known) => sum + factsOf(known), 0);
  if (arrivalsOf != null) excesses.push(...findExcesses(batch, cases, arrivalsOf));
  // The transaction will be rolled back. The other partners are still checked, so that all refusals are known
  // at once.
  if (excesses.length > 0) return { partners: [], entries: [], facts };
  const giveWay = keepAwake(tx, settlement.giveWay);
  const partners: LockedPartner[] = [];
  const renamed: LockedPartner[] = [];
  const rows: StandingRow[] = [];
  const entries: NewLogEntry[] = [];
  for (const partner of batch) {
    await giveWay();
    const known = cases.get(partner.id);
    if (known === undefined) throw new Error(`The partner ${partner.id} has no entry.`);
    const settled = await settlePartner(partner, known, { ...settlement, giveWay });
    const { name } = settled.row.data;
    partners.push({ ...partner, ...settled.row, name });
    if (name !== partner.name) renamed.push({ ...partner, ...settled.row, name });
    rows.push(settled.row);
    entries.push(...settled.entries);
  }
  await updateStandings(tx, rows);
  await renamePartners(tx, renamed);
  return { partners, entries, facts };
}

/**
 * First judges those partners whose standing comes from an older set of rulebooks, by what was known before,
 * so that changes by a new rulebook are not attributed to a fact.
 */
export async function catchUpRules(
  tx: Transaction,
  partners: readonly LockedPartner[],
  settlement: Omit<Settlement, 'trigger' | 'recordedAt' | 'arrivalsOf'>,
): Promise<Settled> {
  const { rulesVersion } = settlement.program;
  if (settlement.program.obstacle !== null) return { partners, entries: [] };
  const stale = partners.filter((partner) => partner.rulesVersion < rulesVersion);
  const settled = await settlePartners(tx, stale, {
    ...settlement,
    trigger: 'RULEBOOK',
    recordedAt: null,
    arrivalsOf: null,
  });
  const current = partners.filter((partner) => partner.rulesVersion >= rulesVersion);
  return { partners: [...current, ...settled.partners], entries: settled.entries };
}

/**
 * First judges those partners whose standing changed with the passing of days since they were last judged, by
 * what was known before: after the write the causes of those changes could no longer be told.
 */
export async function catchUpDays(
  tx: Transaction,
  partners: readonly LockedPartner[],
  settlement: Omit<Settlement, 'trigger' | 'recordedAt' | 'arrivalsOf'>,
): Promise<Settled> {
  const isOverdue = ({ timeline, judgedOn }: LockedPartner): boolean => {
    const on = judgedOn === null ? null : nextChangeOn(timeline, judgedOn);
    return on !== null && on <= settlement.today;
  };
  const overdue = partners.filter(isOverdue);
  const settled = await settlePartners(tx, overdue, {
    ...settlement,
    trigger: 'TIME',
    recordedAt: null,
    arrivalsOf: null,
  });
  const current = partners.filter((partner) => !isOverdue(partner));
  return { partners: [...current, ...settled.partners], entries: settled.entries };
}

async function settlePartner(partner: LockedPartner, known: LoadedInputs, settlement: Settlement) {
  const { program, trigger, now, giveWay } = settlement;
  // A partner's days never run backwards, whatever clock another process went by.
  const today = Math.max(settlement.today, partner.judgedOn ?? settlement.today);
  const history = await finishGivingWay(giveWay, historyInSteps(known));
  const { timeline } = history;
  const changes = await changesSince(partner, { program, known, timeline, today, trigger, giveWay });
  await giveWay();
  const { recordedAt } = settlement;
  const region = dataOn(known, today).region;
  const entries = changes.map((change, index): NewLogEntry => {
    const causes = causesOf(change, known, settlement);
    return {
      id: randomUUIDv7(),
      partnerId: partner.id,
      version: partner.version + 1 + index,
      recordedAt: recordedAt ?? Math.max(now, partner.lastRecordedAt),
      region,
      change,
      causes: causes.slice(0, MAX_CAUSES),
      causeCount: causes.length,
    };
  });
  return {
    partner,
    row: toRow(partner, known, history, today, entries.length, recordedAt, program),
    entries,
  };
}

/**
 * New facts cause what they set off; the passing of days is explained by the facts that begin or cease to
 * count on that day.
 */
function causesOf(change: Change, known: LoadedInputs, settlement: Settlement): readonly string[] {
  if (change.trigger === 'FACT') {
    return [known, ...known.family].flatMap(({ partnerId }) => settlement.causesOf(partnerId));
  }
  if (change.trigger !== 'TIME') return [];
  // A tier is at risk because of what happens on the day of the fall.
  const on = change.detail.type === 'TierAtRisk' ? change.detail.on : change.on;
  const turning = rulebooksInForce(known.rulebooks, on).flatMap(({ index }) => {
    const published = known.rulebooks[index];
    return published === undefined ? [] : boundaryFacts(known, published.rulebook, on).map(({ id }) => id);
  });
  return [...new Set(turning)];
}

function toRow(
  partner: LockedPartner,
  known: LoadedInputs,
  history: PartnerHistory,
  today: Day,
  entryCount: number,
  recordedAt: Instant | null,
  program: ProgramRecord,
): StandingRow {
  const {
    status,
    measurements,
    alternatives = [],
    nextChangeOn,
    nextMeasurementChangeOn,
  } = standingBasis(known, today, history);
  const { timeline } = history;
  const inForce = program.rulebooks.find((rulebook) => rulebook.id === status.rulebookId);
  const dueDays = [
    nextChangeOn,
    nextMeasurementChangeOn,
    // The name alone may differ from then on.
    ...known.entries.map((entry) => (entry.firstOn > today ? entry.firstOn : null)),
  ];
  const rank = inForce?.rulebook.tiers.findIndex((tier) => tier.code === status.tier) ?? -1;
  return {
    id: partner.id,
    data: dataOn(known, today),
    version: partner.version + entryCount,
    // A standing says by when all that it used had been recorded, rulebooks included.
    lastRecordedAt: Math.max(partner.lastRecordedAt, recordedAt ?? 0, program.rulesChangedAt.at(-1) ?? 0),
    status,
    tierRank: rank < 0 ? null : rank,
    measurements,
    alternatives,
    gap:
      inForce === undefined || measurements === null
        ? null
        : nextGap(inForce.rulebook, measurements, status.tier),
    specializations: status.specializations.map((code) => heldSpecialization(timeline, today, code)),
    timeline,
    judgedOn: today,
    nextChangeOn,
    dueOn: earliest(dueDays),
    rulesVersion: program.rulesVersion,
  };
}

/** What is entered about the partner for a day; before its first entry, what that one says. */
function dataOn({ partnerId, entries }: LoadedInputs, on: Day): PartnerData {
  const entry = entryOn(entries, on) ?? entries[0];
  if (entry === undefined) throw new Error(`The partner ${partnerId} has no entry.`);
  const { name, country, region, attributes, parentId, enrolledOn, leftOn } = entry;
  return { name, country, region, attributes, parentId, enrolledOn, leftOn };
}

/** The unbroken run of days around `today` on which the timeline has the specialization; it has it today. */
function heldSpecialization(timeline: Timeline, today: Day, code: string): HeldSpecialization {
  let since = today;
  let until: Day | null = null;
  for (const segment of timeline.toReversed()) {
    const held = segment.status.specializations.includes(code);
    if (segment.from > today) until = held ? until : segment.from;
    else if (held) since = segment.from;
    else break;
  }
  return { code, since, until };
}
