import { randomUUIDv7 } from 'node:crypto';
import { entryOn } from '../../engine/partner/entry-on.ts';
import type { Fact } from '../../engine/partner/fact.ts';
import { childrenIn, findCycle, findTooDeep } from '../../engine/partner/family.ts';
import { isMemberBy } from '../../engine/partner/membership.ts';
import {
  type Contradiction,
  type MembershipDays,
  planMembership,
} from '../../engine/partner/membership-change.ts';
import type { EnteredPartnerData, ResolvedEntry } from '../../engine/partner/partner-data.ts';
import { resolveEntries } from '../../engine/partner/resolve-entries.ts';
import { type Day, formatDay } from '../../engine/values/day.ts';
import type { LogEntry } from '../../store/encoding/log-entry.ts';
import { lockPartners } from '../../store/writing/lock-partners.ts';
import {
  findBelow,
  insertEntry,
  type PartnerEntryRow,
  readEntries,
} from '../../store/writing/write-partner.ts';
import { type App, type Refused, refuse } from '../context/app.ts';
import { type ArrivalsOf, BeyondItems } from '../judging/bound-items.ts';
import {
  attributesByName,
  findTooManyAttributes,
  type PartnerAttributeInput,
  readPartnerTexts,
} from '../naming/partner-text.ts';
import { findPartner, refuseName } from '../naming/references.ts';
import { everAbove, readHierarchy, refuseDepth } from './hierarchy.ts';
import { type PartnerField, sameFrom, whatChanged } from './partner-changes.ts';
import { changePartners, nextInstant, type WriteRefusal, writeToProgram } from './write-to-program.ts';

/**
 * What changes about a partner from a day on. What is left out stays as it is, and so does what was entered
 * for a later day.
 */
export type UpdatePartner = {
  readonly program: string;
  /** The partner's external reference. */
  readonly partner: string;
  /**
   * Today if null, or the day of an enrolment to come; also a day of the past, whose standings are then
   * judged anew. If null, `enrolledOn` and `leftOn` are those of a membership on all its days.
   */
  readonly firstOn: Day | null;
  readonly name?: string;
  readonly country?: string;
  readonly region?: string;
  /** Those that are named; the others stay as they are. */
  readonly attributes?: readonly PartnerAttributeInput[];
  /** The parent's external reference; null for none. */
  readonly parent?: string | null;
  readonly enrolledOn?: Day;
  /** The first day on which it is no longer a member; null takes that back. */
  readonly leftOn?: Day | null;
};

/** `changed`: what is different about the partner today because of the call. */
export type PartnerUpdated = {
  readonly partnerId: string;
  readonly changed: readonly PartnerField[];
  readonly changes: readonly LogEntry[];
};

export type UpdateRefusal = Refused<
  'PARTNER_NOT_FOUND' | 'UNKNOWN_PARENT' | 'HIERARCHY_CYCLE' | 'HIERARCHY_TOO_DEEP' | 'INVALID_INPUT'
> & { readonly path?: string };

/**
 * Enters new data about a partner, and judges it and the partners above it anew. Data that do not differ are
 * not entered.
 */
export async function updatePartner(
  app: App,
  sent: UpdatePartner,
): Promise<PartnerUpdated | UpdateRefusal | WriteRefusal> {
  return writeToProgram(app, sent.program, async (writing): Promise<PartnerUpdated | UpdateRefusal> => {
    const { tx, program, today } = writing;
    const command = readPartnerTexts(sent);
    if ('message' in command) return { ...refuse('INVALID_INPUT', command.message), path: command.path };

    const partnerId = await findPartner(tx, program, command.partner);
    if (partnerId === undefined) return notFound('PARTNER_NOT_FOUND', command.partner, 'partner');
    const parentId =
      typeof command.parent === 'string' ? await findPartner(tx, program, command.parent) : null;
    if (parentId === undefined) return notFound('UNKNOWN_PARENT', command.parent ?? '', 'parent');

    // All partners above, before and after: those that count families are judged anew, and no other call may
    // move them meanwhile.
    const partners = await lockPartners(tx, program.id, {
      ids: parentId === null ? [partnerId] : [partnerId, parentId],
      withAncestors: true,
    });
    const entered = Map.groupBy(
      await readEntries(
        tx,
        partners.map(({ id }) => id),
      ),
      (entry) => entry.partnerId,
    );
    const own = entered.get(partnerId) ?? [];
    const resolved = resolveEntries(own);
    // Of one enrolled on a day to come nothing is known before: an entry for today would be followed by that
    // of its enrolment.
    const knownOn = Math.min(
      ...[command.enrolledOn, resolved[0]?.firstOn].filter((day) => day !== undefined),
    );
    const firstOn = command.firstOn ?? Math.max(today, knownOn);
    const days = membershipDays(command);
    const membership =
      command.firstOn !== null || Object.keys(days).length === 0
        ? null
        : planMembership(resolved, days, today);
    if (membership !== null && 'message' in membership) return contradiction(membership);
    const entry: PartnerEntryRow = {
      id: randomUUIDv7(),
      partnerId,
      firstOn,
      recordedAt: nextInstant(writing, partners),
      data: { ...changedData(command, parentId), ...(membership === null ? days : { membership }) },
    };
    const updated = resolveEntries([...own, entry]);
    const changedOn = Math.min(firstOn, resolved[0]?.firstOn ?? firstOn, updated[0]?.firstOn ?? firstOn);
    if (sameFrom(resolved, updated, changedOn)) return { partnerId, changed: [], changes: [] };
    const tooMany = updated
      .map(({ attributes }) => findTooManyAttributes(attributes))
      .find((each) => each !== null);
    if (tooMany != null) return { ...refuse('INVALID_INPUT', tooMany), path: 'attributes' };

    const contradicting = findContradiction(updated, firstOn, days);
    if (contradicting !== null) return contradiction(contradicting);
    const placesOn = firstDifference(resolved, updated);
    let arrivalsOf: ArrivalsOf | null = null;
    if (placesOn !== null) {
      const hierarchy = new Map([...entered].map(([id, rows]) => [id, resolveEntries(rows)]));
      const aboveBefore = everAbove(partnerId, hierarchy);
      const cycleOn = findCycle(partnerId, hierarchy.set(partnerId, updated), placesOn);
      if (cycleOn !== null) {
        const message = `On ${formatDay(cycleOn)} the partner would be above itself.`;
        return { ...refuse('HIERARCHY_CYCLE', message), path: 'parent' };
      }
      // A call that enters a partner below one of them holds its lock too, so that none can come meanwhile.
      const below = await readHierarchy(tx, await findBelow(tx, partnerId));
      const children = childrenIn(new Map([...below, [partnerId, updated]]));
      const tooDeepOn = findTooDeep(partnerId, hierarchy, children, placesOn);
      if (tooDeepOn !== null) return refuseDepth(tooDeepOn);
      // The facts of the partner's affiliates are new to partners that it was never below.
      const brought = { isNew: (fact: Fact) => below.has(fact.partnerId), replaced: [] };
      arrivalsOf = (id) => (aboveBefore.has(id) ? null : brought);
    }
    const concerned = program.countsFamilies ? partners : partners.filter(({ id }) => id === partnerId);
    const changes = await changePartners(
      writing,
      concerned,
      { trigger: 'PARTNER', recordedAt: entry.recordedAt, arrivalsOf },
      () => insertEntry(tx, entry),
    );
    return { partnerId, changed: whatChanged(command, today, resolved, updated), changes };
  }).catch((error: unknown) => {
    const excess = error instanceof BeyondItems ? error.excesses[0] : undefined;
    if (excess === undefined) throw error;
    return { ...refuse('INVALID_INPUT', excess.message), path: 'parent' };
  });
}

function notFound(code: 'PARTNER_NOT_FOUND' | 'UNKNOWN_PARENT', ref: string, path: string): UpdateRefusal {
  return (
    refuseName(ref, path) ?? {
      ...refuse(code, `The programme has no partner with the reference ${JSON.stringify(ref)}.`),
      path,
    }
  );
}

function changedData(command: UpdatePartner, parentId: string | null): EnteredPartnerData {
  return {
    ...(command.name !== undefined && { name: command.name }),
    ...(command.country !== undefined && { country: command.country }),
    ...(command.region !== undefined && { region: command.region }),
    ...(command.attributes !== undefined && { attributes: attributesByName(command.attributes) }),
    ...(command.parent !== undefined && { parentId }),
  };
}

function membershipDays({ enrolledOn, leftOn }: UpdatePartner): MembershipDays {
  return {
    ...(enrolledOn !== undefined && { enrolledOn }),
    ...(leftOn !== undefined && { leftOn }),
  };
}

function contradiction({ path, message }: Contradiction): UpdateRefusal {
  return {
    ...refuse('INVALID_INPUT', message),
    path,
  };
}

/** What days that are entered for a day on, and not for a whole membership, contradict. */
function findContradiction(
  updated: readonly ResolvedEntry[],
  firstOn: Day,
  { leftOn }: MembershipDays,
): Contradiction | null {
  const leaver = updated.find((entry) => entry.leftOn !== null && entry.leftOn < entry.enrolledOn);
  if (leaver?.leftOn != null) {
    const message = `leftOn ${formatDay(leaver.leftOn)} contradicts enrolledOn ${formatDay(leaver.enrolledOn)}.`;
    return { path: leftOn === undefined ? 'enrolledOn' : 'leftOn', message };
  }
  const before = entryOn(updated, firstOn - 1);
  if (leftOn == null || leftOn >= firstOn || before === null || !isMemberBy(before, firstOn - 1)) return null;
  const message =
    `leftOn ${formatDay(leftOn)} contradicts enrolledOn ${formatDay(before.enrolledOn)}, by which the partner is a ` +
    `member until before firstOn ${formatDay(firstOn)}. Leave firstOn out to enter it for the whole membership.`;
  return { path: 'leftOn', message };
}

/** The first day on which a partner has another parent than before; null if there is none. */
function firstDifference(before: readonly ResolvedEntry[], after: readonly ResolvedEntry[]): Day | null {
  const parentOn = (entries: readonly ResolvedEntry[], on: Day) => entryOn(entries, on)?.parentId ?? null;
  const days = [...before, ...after].map(({ firstOn }) => firstOn).sort((a, b) => a - b);
  return days.find((on) => parentOn(before, on) !== parentOn(after, on)) ?? null;
}
