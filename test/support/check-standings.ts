import { inspect, isDeepStrictEqual } from 'node:util';
import type { App } from '../../src/app/context/app.ts';
import { nextGap } from '../../src/engine/judging/next-gap.ts';
import { NO_STATUS } from '../../src/engine/partner/status.ts';
import { standingBasis } from '../../src/engine/policy/judge-partner.ts';
import { computeHistory, statusOn } from '../../src/engine/policy/timeline.ts';
import { readPartners } from '../../src/store/reading/read-partner.ts';
import { FULL_SCOPE } from '../../src/store/reading/read-scope.ts';
import { loadInputs } from '../../src/store/writing/partner-inputs.ts';
import { believed, noBelief, replay } from './log-belief.ts';
import { logAfter } from './read-log.ts';

/**
 * What is wrong with a programme's stored state, as sentences: standings that differ from a recomputation
 * from facts, and gaps in the log's positions or in any partner's versions. Empty when all is well.
 */
export async function findFaults(app: App, code: string): Promise<readonly string[]> {
  app.catalogue.expire();
  const program = (await app.catalogue.current()).byCode.get(code);
  if (program === undefined) return [`there is no programme ${code}`];
  const { prisma } = app.database;
  const faults: string[] = [];
  const partners = await prisma.partner.findMany({
    where: { programId: program.id },
    select: { id: true, timeline: true, version: true, rulesVersion: true, gap: true },
  });
  const cases = await loadInputs(
    prisma,
    program,
    partners.map(({ id }) => id),
  );
  const rows = new Map(
    (
      await readPartners(
        FULL_SCOPE,
        prisma,
        partners.map(({ id }) => id),
      )
    ).map((row) => [row.id, row]),
  );
  for (const partner of partners) {
    const known = cases.get(partner.id);
    const row = rows.get(partner.id);
    if (known === undefined || row === undefined || row.judgedOn === null) {
      faults.push(`${partner.id} was never judged`);
      continue;
    }
    const history = computeHistory(known);
    const { timeline } = history;
    const status = statusOn(timeline, row.judgedOn);
    const rulebook = program.rulebooks.find(({ id }) => id === status.rulebookId);
    const { measurements, alternatives, nextChangeOn } = standingBasis(known, row.judgedOn, history);
    if (JSON.stringify(canonical(partner.timeline)) !== JSON.stringify(canonical(timeline)))
      faults.push(`${partner.id}: another timeline`);
    if (JSON.stringify(canonical(row.status)) !== JSON.stringify(canonical(status)))
      faults.push(`${partner.id}: another status`);
    if (JSON.stringify(canonical(row.measurements)) !== JSON.stringify(canonical(measurements))) {
      faults.push(`${partner.id}: other measurements`);
    }
    const gap = rulebook && measurements ? nextGap(rulebook.rulebook, measurements, status.tier) : null;
    if (JSON.stringify(canonical(partner.gap)) !== JSON.stringify(canonical(gap)))
      faults.push(`${partner.id}: another gap`);
    if (JSON.stringify(canonical(row.alternatives)) !== JSON.stringify(canonical(alternatives))) {
      faults.push(`${partner.id}: other alternatives`);
    }
    if (row.nextChangeOn !== nextChangeOn) faults.push(`${partner.id}: another nextChangeOn`);
    if (partner.rulesVersion !== program.rulesVersion)
      faults.push(`${partner.id}: judged by older rulebooks`);
  }
  const entries = await logAfter(app, program.id);
  entries.forEach((entry, index) => {
    if (entry.position !== index + 1)
      faults.push(`position ${entry.position} stands where ${index + 1} belongs`);
  });
  const own = Map.groupBy(entries, (entry) => entry.partnerId);
  for (const partner of partners) {
    const versions = (own.get(partner.id) ?? []).map(({ version }) => version);
    if (versions.some((version, index) => version !== index + 1))
      faults.push(`${partner.id}: versions ${versions.join(' ')}`);
    if (versions.length !== partner.version)
      faults.push(`${partner.id}: ${versions.length} entries, not ${partner.version}`);
    const belief = noBelief();
    try {
      for (const { change } of own.get(partner.id) ?? []) replay(belief, change);
    } catch (error) {
      faults.push(
        `${partner.id}: the log contradicts itself: ${error instanceof Error ? error.message : error}`,
      );
      continue;
    }
    const status = rows.get(partner.id)?.status ?? NO_STATUS;
    if (!isDeepStrictEqual(belief, believed(status))) {
      faults.push(`${partner.id}: the log ends with ${inspect(belief)}, the standing is ${inspect(status)}`);
    }
  }
  return faults;
}

/** The same value with every object's keys in order, as jsonb does not keep them. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!(value instanceof Object)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}
