import { type KnownStanding, programOf, readStanding } from '../../src/app/reading/read-standing.ts';
import type { Day, Instant } from '../../src/engine/values/day.ts';
import type { Context } from '../base/context.ts';
import { present } from '../base/present.ts';
import { inputsFor, latestInScope } from './inputs.ts';

/**
 * The instant by which everything that a standing rests on was recorded, as the viewer may see it. What was
 * recorded about a former affiliate counts only if it can change the standing. Asking again with this instant
 * gives the same answer.
 */
export async function shownKnownAt(context: Context, standing: KnownStanding): Promise<Instant> {
  const { partnerId, programId, on, knownAt } = standing;
  if (context.scope.partner === null) return knownAt;
  const row = present(await context.partners.load(partnerId), 'partner');
  if (!(await programOf(context.app, row)).countsFamilies) return knownAt;
  const question = { programId, partnerId, knownAt };
  const cases = inputsFor(context);
  const [seen, known] = await Promise.all([latestInScope(context, question), cases.find(question)]);
  const shown = Math.max(
    seen,
    ...(known?.family ?? []).flatMap(({ facts, memberships }) => {
      // A fact counts on no day before its own.
      const counts = (occurredOn: Day) =>
        memberships.some(({ until }) => until === null || until > occurredOn);
      return facts.flatMap((fact) => (counts(fact.occurredOn) ? [fact.recordedAt] : []));
    }),
  );
  if (shown >= knownAt) return knownAt;
  const without = await readStanding(context.app, row, { on, knownAt: shown }, cases);
  return saysOf(without) === saysOf(standing) ? shown : knownAt;
}

function saysOf({ status, measurements, alternatives, nextChangeOn }: KnownStanding): string {
  const others = alternatives.map((each) => [each.rulebookId, each.measurements]);
  return JSON.stringify([status, measurements, others, nextChangeOn], inOrder);
}

/** A row's JSON has its keys in another order. */
function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
