import { randomUUIDv7 } from 'node:crypto';
import { findTooDeep, type HierarchyEntry } from '../../engine/partner/family.ts';
import type { Start } from '../../engine/partner/partner-inputs.ts';
import type { PublishedRulebook } from '../../engine/rulebook/rulebook.ts';
import { type Day, formatDay } from '../../engine/values/day.ts';
import { TryAgain } from '../../store/connection/transaction.ts';
import type { LogEntry } from '../../store/encoding/log-entry.ts';
import { lockPartners } from '../../store/writing/lock-partners.ts';
import { appendToLog } from '../../store/writing/write-log.ts';
import { insertPartners, type NewPartner } from '../../store/writing/write-partner.ts';
import { type App, type Refused, refuse } from '../context/app.ts';
import { mapGivingWay } from '../context/give-way.ts';
import { settlePartners } from '../judging/settle-partners.ts';
import {
  findTooManyAttributes,
  type PartnerAttributeInput,
  readPartnerTexts,
} from '../naming/partner-text.ts';
import { readReferences, refuseName } from '../naming/references.ts';
import { readHierarchy, refuseDepth } from './hierarchy.ts';
import { nextInstant, type WriteRefusal, writeToProgram } from './write-to-program.ts';

export type PartnerInput = {
  readonly externalRef: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly region: string;
  /** With values only; none if left out. */
  readonly attributes?: readonly PartnerAttributeInput[];
  /** The parent's external reference; it has to be a member already, or stand earlier in the same batch. */
  readonly parent: string | null;
  /** Today if null. */
  readonly enrolledOn: Day | null;
  /** A tier that it has had since a day not after its enrolment; none if left out. */
  readonly start?: Start | null;
};

export type EnrollPartners = { readonly program: string; readonly partners: readonly PartnerInput[] };

export type EnrollRefusal = Refused<
  'INVALID_INPUT' | 'PARTNER_EXISTS' | 'UNKNOWN_PARENT' | 'HIERARCHY_TOO_DEEP'
> & {
  readonly path: string;
};

/** What became of the partner at the same place in the input: its id, or why it was refused. */
export type EnrollOutcome =
  | { readonly partnerId: string /** For people. */; readonly warnings: readonly string[] }
  | EnrollRefusal;

export type PartnersEnrolled = {
  readonly outcomes: readonly EnrollOutcome[];
  readonly changes: readonly LogEntry[];
};

/** Enrolls partners in a programme and judges them, in one transaction. Refused partners are left out. */
export async function enrollPartners(
  app: App,
  command: EnrollPartners,
): Promise<PartnersEnrolled | WriteRefusal> {
  return writeToProgram(app, command.program, async (writing): Promise<PartnersEnrolled> => {
    const { tx, program, today } = writing;
    const recordedAt = nextInstant(writing, []);
    const sent = command.partners.flatMap(({ externalRef, parent }) =>
      parent === null ? [externalRef] : [externalRef, parent],
    );
    const { stored: refs, pick, spelled } = await readReferences(tx, program, sent);
    // Partners above a parent are locked too and must not be moved meanwhile: the parent's depth decides
    // whether a partner may come below it.
    const withAncestors = command.partners.some(({ parent }) => parent !== null);
    const locked = await lockPartners(tx, program.id, { refs, withAncestors });
    const hierarchy: Map<string, readonly HierarchyEntry[]> = new Map(
      withAncestors ? await readHierarchy(tx, locked) : [],
    );
    const members = new Map(locked.map(({ id, externalRef }) => [externalRef, id]));
    const added: NewPartner[] = [];
    const outcomes = await mapGivingWay(writing.giveWay, command.partners, (row): EnrollOutcome => {
      const partner = readPartnerTexts(row);
      if ('message' in partner) return { ...refuse('INVALID_INPUT', partner.message), path: partner.path };
      const { parent, attributes: sentAttributes = [], ...rest } = partner;
      const attributes = attributesOf(sentAttributes);
      const tooMany = findTooManyAttributes(attributes);
      if (tooMany !== null) return { ...refuse('INVALID_INPUT', tooMany), path: 'attributes' };
      const parentId = parent === null ? null : pick(members, parent);
      const unreadable = parentId === undefined ? refuseName(parent ?? '', 'parent') : null;
      if (unreadable !== null) return unreadable;
      if (pick(members, partner.externalRef) !== undefined) return partnerExists(partner.externalRef);
      if (parentId === undefined) return unknownParent(parent ?? '');
      const id = randomUUIDv7();
      const enrolledOn = partner.enrolledOn ?? today;
      const start = partner.start ?? null;
      const contradiction = start && findStartProblem(start, enrolledOn, program.rulebooks);
      if (contradiction !== null) return contradiction;
      hierarchy.set(id, [{ firstOn: enrolledOn, parentId }]);
      const tooDeepOn = findTooDeep(id, hierarchy, () => [], enrolledOn);
      if (tooDeepOn !== null) return refuseDepth(tooDeepOn);
      added.push({
        ...rest,
        attributes,
        id,
        parentId,
        enrolledOn,
        start,
        recordedAt,
        entryId: randomUUIDv7(),
      });
      members.set(partner.externalRef, id);
      spelled.add(partner.externalRef);
      return { partnerId: id, warnings: startWarnings(start, program.rulebooks) };
    });
    const inserted = await insertPartners(tx, program.id, added);
    // Another transaction enrolled one of them meanwhile. It has committed, so the next attempt sees its row.
    if (inserted.size < added.length) throw new TryAgain();
    await spelled.keep(tx);
    const rows = await lockPartners(tx, program.id, { refs: [...inserted], withAncestors: false });
    const settlement = { ...writing, trigger: 'PARTNER', causesOf: () => [], recordedAt } as const;
    const settled = await settlePartners(tx, rows, settlement);
    return { outcomes, changes: await appendToLog(tx, program.id, settled.entries) };
  });
}

/** Those that have a value, by name. */
function attributesOf(sent: readonly PartnerAttributeInput[]): Readonly<Record<string, string>> {
  return Object.fromEntries(sent.flatMap(({ name, value }) => (value === null ? [] : [[name, value]])));
}

/** Why a partner can't start with a tier; null if it can. */
function findStartProblem(
  { tier, since }: Start,
  enrolledOn: Day,
  rulebooks: readonly PublishedRulebook[],
): EnrollRefusal | null {
  if (since > enrolledOn) {
    const message = `The tier is held since ${formatDay(since)}, after enrolledOn ${formatDay(enrolledOn)}.`;
    return { ...refuse('INVALID_INPUT', message), path: 'start.since' };
  }
  const firstOn = Math.max(enrolledOn, rulebooks[0]?.effectiveFrom ?? enrolledOn);
  const first = rulebooks.findLast(({ effectiveFrom }) => effectiveFrom <= firstOn);
  if (first === undefined || first.rulebook.tiers.some(({ code }) => code === tier)) return null;
  const message = `The rulebook in force on ${formatDay(firstOn)} has no tier ${JSON.stringify(tier)}.`;
  return { ...refuse('INVALID_INPUT', message), path: 'start.tier' };
}

function startWarnings(start: Start | null, rulebooks: readonly PublishedRulebook[]): readonly string[] {
  if (start === null || rulebooks.length > 0) return [];
  const tier = JSON.stringify(start.tier);
  return [
    `No rulebook is published yet: the partner starts with ${tier} only if the first one has such a tier.`,
  ];
}

function unknownParent(ref: string): EnrollRefusal {
  return {
    ...refuse('UNKNOWN_PARENT', `The programme has no partner with the reference ${JSON.stringify(ref)}.`),
    path: 'parent',
  };
}

function partnerExists(externalRef: string): EnrollRefusal {
  return {
    ...refuse(
      'PARTNER_EXISTS',
      `The programme already has a partner with the reference ${JSON.stringify(externalRef)}.`,
    ),
    path: 'externalRef',
  };
}
