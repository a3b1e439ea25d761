import { evidence, type NumberPlace } from '../../engine/judging/evidence.ts';
import type { Evidence, Standing } from '../../engine/judging/standing.ts';
import type { Measurements } from '../../engine/measuring/measurements.ts';
import { createMeasurer } from '../../engine/measuring/measurer.ts';
import { NO_STATUS } from '../../engine/partner/status.ts';
import { judgePartner, rebuildStanding } from '../../engine/policy/judge-partner.ts';
import { historyInSteps } from '../../engine/policy/timeline.ts';
import type { Day, Instant } from '../../engine/values/day.ts';
import type { ProgramRecord, RulebookRecord } from '../../store/catalogue/program-catalogue.ts';
import type { PartnerRow } from '../../store/reading/read-partner.ts';
import { rulebooksAtVersion } from '../../store/writing/partner-inputs.ts';
import { type App, todayIn } from '../context/app.ts';
import { dayIn } from '../context/clock.ts';
import { finishGivingWay } from '../context/give-way.ts';
import { canJudgeBy, type InputsFinder } from './find-inputs.ts';

/**
 * A standing with its partner and the instant by which everything that it rests on was recorded: asking again
 * with that `knownAt` gives the same answer.
 */
export type KnownStanding = Standing & {
  readonly partnerId: string;
  readonly programId: string;
  readonly knownAt: Instant;
};

export type StandingQuestion = { readonly on: Day | null; readonly knownAt: Instant | null };

/** The programme of a partner's row, with every rulebook that the row may name. */
export async function programOf(
  app: App,
  row: Pick<PartnerRow, 'programId' | 'rulesVersion'>,
): Promise<ProgramRecord> {
  const known = await app.catalogue.find('id', row.programId);
  if (known !== undefined && known.rulesVersion >= row.rulesVersion) return known;
  app.catalogue.expire();
  const program = await app.catalogue.find('id', row.programId);
  if (program === undefined) throw new Error(`The programme ${row.programId} of a partner is missing.`);
  return program;
}

/**
 * The day as of which a partner's row holds: today, or the last day before it fell due where it was not
 * judged since; null before it is judged for the first time.
 */
export async function standsOn(app: App, row: PartnerRow): Promise<Day | null> {
  if (row.judgedOn === null) return null;
  const program = await programOf(app, row);
  const unseen = program.rulesChangedAt[row.rulesVersion];
  const until = [
    row.dueOn ?? Number.POSITIVE_INFINITY,
    unseen === undefined ? Number.POSITIVE_INFINITY : dayIn(program.timeZone, unseen),
  ];
  return Math.max(row.judgedOn, Math.min(await todayIn(app, program), ...until.map((day) => day - 1)));
}

/**
 * The standing of a partner whose row was read in the viewer's scope: on any day (as `standsOn` if null), as
 * known now or at any instant. On the days on which the row holds it is rebuilt from it without asking the
 * database.
 */
export async function readStanding(
  app: App,
  row: PartnerRow,
  question: StandingQuestion,
  cases: InputsFinder,
): Promise<KnownStanding> {
  const program = await programOf(app, row);
  const held = await standsOn(app, row);
  const whose = { partnerId: row.id, programId: row.programId };
  // While a programme can't be judged, a partner that is enrolled then has no standing yet.
  if (program.obstacle !== null && held === null) {
    const today = await todayIn(app, program);
    return { ...whose, ...NOTHING_KNOWN, on: question.on ?? today, knownAt: row.lastRecordedAt };
  }
  const on = question.on ?? held;
  if (held === null || on === null || row.judgedOn === null) {
    throw new Error(`The partner ${row.id} was never judged.`);
  }
  if (question.knownAt === null && row.judgedOn <= on && on <= held) {
    // A page asks for a hundred of them at once.
    await app.giveWay();
    return { ...whose, ...standingOf(row, on, program), knownAt: row.lastRecordedAt };
  }
  // What is being recorded at this moment is left out, so that the answer can be given again.
  const latest = Math.max(row.lastRecordedAt, program.rulesChangedAt.at(-1) ?? 0);
  const by = Math.min(question.knownAt ?? latest, latest);
  const asked = { programId: row.programId, partnerId: row.id, knownAt: by };
  const [known, recordedAt] = await Promise.all([cases.find(asked), cases.latest(asked)]);
  // Nothing had been recorded about the partner by then, or what holds by then can't be judged by.
  if (known === null || !canJudgeBy(known.rulebooks)) return { ...whose, ...NOTHING_KNOWN, on, knownAt: by };
  await app.giveWay();
  const history = await finishGivingWay(app.giveWay, historyInSteps(known));
  await app.giveWay();
  return { ...whose, ...judgePartner(known, on, history), knownAt: recordedAt };
}

/** The row's own standing, on a day on which the row holds. */
function standingOf(row: PartnerRow, on: Day, program: ProgramRecord): Standing {
  const { status, measurements, nextChangeOn } = row;
  // Not those that count now: the row may still rest on one that was withdrawn since.
  const rulebooks = rulebooksAtVersion(program, row.rulesVersion);
  const canProve = (rulebookId: string | null): boolean =>
    canJudgeBy(rulebooks.filter(({ id }) => id === rulebookId));
  const alternatives = row.alternatives.filter(({ rulebookId }) => canProve(rulebookId));
  return rebuildStanding({
    rulebooks,
    on,
    status,
    measurements: measurements && canProve(status.rulebookId) ? { ...measurements, on } : null,
    alternatives: alternatives.map((each) => ({ ...each, measurements: { ...each.measurements, on } })),
    nextChangeOn,
  });
}

const NOTHING_KNOWN: Omit<Standing, 'on'> = {
  status: NO_STATUS,
  measurements: null,
  proof: [],
  specializations: [],
  next: null,
  computedNext: null,
  alternatives: [],
  nextChangeOn: null,
};

type Judged = Pick<KnownStanding, 'partnerId' | 'programId' | 'knownAt' | 'on'>;

/**
 * The facts behind a number of a standing: those that counted and those that did not, as they were known to
 * it.
 */
export async function readEvidence(
  app: App,
  standing: Judged,
  rulebookId: string,
  number: NumberPlace,
  cases: Pick<InputsFinder, 'find'>,
): Promise<Evidence> {
  const rulebook = await rulebookOf(app, standing, rulebookId);
  const known = await cases.find(standing);
  await app.giveWay();
  return known === null || !canJudgeBy([rulebook])
    ? { counted: [], excluded: [] }
    : evidence(known, rulebook.rulebook, standing.on, number);
}

/**
 * What a standing's rulebook measures on its day in the cases given, apart from what policy held; null if
 * nothing was known by then.
 */
export async function remeasure(
  app: App,
  standing: Judged,
  rulebookId: string,
  cases: Pick<InputsFinder, 'find'>,
): Promise<Measurements | null> {
  const rulebook = await rulebookOf(app, standing, rulebookId);
  const known = await cases.find(standing);
  return known && canJudgeBy([rulebook])
    ? createMeasurer(known, rulebook.rulebook).measure(standing.on)
    : null;
}

async function rulebookOf(app: App, { programId }: Judged, id: string): Promise<RulebookRecord> {
  const program = await app.catalogue.find('id', programId);
  const rulebooks = program && [...program.rulebooks, ...program.withdrawnRulebooks];
  const found = rulebooks?.find((each) => each.id === id);
  if (found === undefined) throw new Error(`The rulebook ${id} is missing.`);
  return found;
}
