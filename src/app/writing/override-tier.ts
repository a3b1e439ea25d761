import { randomUUIDv7 } from 'node:crypto';
import { type Day, formatDay } from '../../engine/values/day.ts';
import { findTextProblem } from '../../engine/values/naming-text.ts';
import type { LogEntry } from '../../store/encoding/log-entry.ts';
import type { OverrideRow } from '../../store/reading/read-override.ts';
import { lockPartners } from '../../store/writing/lock-partners.ts';
import { findOverridePartner, insertOverride, readOverrides } from '../../store/writing/write-override.ts';
import { type App, type Refused, refuse } from '../context/app.ts';
import { findPartner, refuseName } from '../naming/references.ts';
import {
  changePartners,
  nextInstant,
  type WriteRefusal,
  type Writing,
  writeToProgram,
} from './write-to-program.ts';

export type OverrideTier = {
  readonly program: string;
  /** The partner's external reference. */
  readonly partner: string;
  /** A tier of the rulebook in force on the first day. */
  readonly tier: string;
  /** Not before today; today if null. */
  readonly firstOn: Day | null;
  /** The first day without it. */
  readonly endsOn: Day;
  readonly reason: string;
  readonly actor: string;
};

export type OverrideSet = { readonly override: OverrideRow; readonly changes: readonly LogEntry[] };

export type OverrideRefusal =
  | Refused<'PARTNER_NOT_FOUND' | 'UNKNOWN_TIER' | 'INVALID_DAYS' | 'OVERRIDES_OVERLAP'>
  | (Refused<'INVALID_INPUT'> & { readonly path: string })
  | WriteRefusal;

const LONGEST_TEXT = 500;

/**
 * Sets a partner's tier by hand for a time. Policy continues in the background, and the computed tier stays
 * visible.
 */
export async function overrideTier(app: App, command: OverrideTier): Promise<OverrideSet | OverrideRefusal> {
  return writeToProgram(app, command.program, async (writing): Promise<OverrideSet | OverrideRefusal> => {
    const { tx, program, today } = writing;
    const firstOn = command.firstOn ?? today;
    for (const [path, lines] of [
      ['reason', 'LINES'],
      ['actor', 'ONE_LINE'],
    ] as const) {
      const problem = findTextProblem(command[path], LONGEST_TEXT, lines);
      if (problem !== null) return { ...refuse('INVALID_INPUT', problem), path };
    }
    if (firstOn < today)
      return refuse('INVALID_DAYS', `The first day must not be before today, ${formatDay(today)}.`);
    if (command.endsOn <= firstOn) return refuse('INVALID_DAYS', 'The end has to be after the first day.');
    const rulebook = program.rulebooks.findLast(({ effectiveFrom }) => effectiveFrom <= firstOn);
    if (rulebook === undefined || !rulebook.rulebook.tiers.some(({ code }) => code === command.tier)) {
      const message = `The rulebook in force on ${formatDay(firstOn)} has no tier ${JSON.stringify(command.tier)}.`;
      return refuse('UNKNOWN_TIER', message);
    }
    const partnerId = await findPartner(tx, program, command.partner);
    const ids = partnerId === undefined ? [] : [partnerId];
    const partners = await lockPartners(tx, program.id, { ids, withAncestors: false });
    const [partner] = partners;
    if (partner === undefined) {
      const unreadable = refuseName(command.partner, 'partner');
      if (unreadable !== null) return unreadable;
      const message = `The programme has no partner with the reference ${JSON.stringify(command.partner)}.`;
      return refuse('PARTNER_NOT_FOUND', message);
    }
    const others = await readOverrides(tx, partner.id);
    const other = others.find(
      (row) => row.firstOn < row.endsOn && row.firstOn < command.endsOn && firstOn < row.endsOn,
    );
    if (other !== undefined) {
      const message = `Another override holds from ${formatDay(other.firstOn)} until before ${formatDay(other.endsOn)}; end it first.`;
      return refuse('OVERRIDES_OVERLAP', message);
    }
    const { tier, endsOn, reason, actor } = command;
    const override: OverrideRow = {
      id: randomUUIDv7(),
      version: 1,
      partnerId: partner.id,
      rulebookId: rulebook.id,
      tier,
      firstOn,
      endsOn,
      reason,
      actor,
      recordedAt: nextInstant(writing, partners),
    };
    return { override, changes: await write(writing, partners, override) };
  });
}

/**
 * Ends an override before `on` (today if null), or cancels it if it has not begun by then. Sending it again
 * changes nothing.
 */
export async function endOverride(
  app: App,
  command: { readonly program: string; readonly override: string; readonly on: Day | null },
): Promise<OverrideSet | WriteRefusal | Refused<'OVERRIDE_NOT_FOUND' | 'INVALID_DAYS'>> {
  return writeToProgram(app, command.program, async (writing) => {
    const { tx, program, today } = writing;
    const on = command.on ?? today;
    const partnerId = await findOverridePartner(tx, command.override);
    const partners = await lockPartners(tx, program.id, {
      ids: partnerId === undefined ? [] : [partnerId],
      withAncestors: false,
    });
    const overrides = await Promise.all(partners.map(({ id }) => readOverrides(tx, id)));
    const current = overrides.flat().find(({ id }) => id === command.override);
    if (current === undefined) return refuse('OVERRIDE_NOT_FOUND', 'The programme has no such override.');
    if (on < today) return refuse('INVALID_DAYS', `It can't end before today, ${formatDay(today)}.`);
    if (current.endsOn <= on) return { override: current, changes: [] };
    const override: OverrideRow = {
      ...current,
      version: current.version + 1,
      endsOn: Math.max(on, current.firstOn),
      recordedAt: nextInstant(writing, partners),
    };
    return { override, changes: await write(writing, partners, override) };
  });
}

function write(
  writing: Writing,
  partners: Parameters<typeof changePartners>[1],
  override: OverrideRow,
): Promise<readonly LogEntry[]> {
  return changePartners(writing, partners, { trigger: 'OVERRIDE', recordedAt: override.recordedAt }, () =>
    insertOverride(writing.tx, override),
  );
}
