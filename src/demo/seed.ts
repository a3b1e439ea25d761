import { type AnyRefusalCode, type App, findProgram, type Refused } from '../app/context/app.ts';
import { dayIn } from '../app/context/clock.ts';
import type { FactInput } from '../app/naming/fact-input.ts';
import { createProgram } from '../app/writing/create-program.ts';
import { enrollPartners } from '../app/writing/enroll-partners.ts';
import { publishRulebook } from '../app/writing/publish-rulebook.ts';
import { recordFacts } from '../app/writing/record-facts.ts';
import { saveRulebookDraft } from '../app/writing/save-rulebook-draft.ts';
import type { Day } from '../engine/values/day.ts';
import { addDays, daysBetween } from './calendar.ts';
import { DEMO_SOURCE, type DemoFact, type DemoPartner } from './demo-base.ts';
import { type DemoOptions, generateDemo } from './generate.ts';
import { CONNECT_PROGRAM, connectRulebooks } from './rulebooks.ts';
import { TOUR_PARTNER } from './tour-partner.ts';

/** Partners and facts that one transaction takes. */
const BATCH = 1_000;
const EPOCH = '1970-01-01';

/** How much was seeded; `changes` counts log entries. */
export type Seeded = { readonly partners: number; readonly facts: number; readonly changes: number };

/**
 * Fills a database with the demo: programme, both rulebooks, partners, facts. After an interruption the same
 * call goes on where it stopped, as of the day on which it began. Throws if the programme is there with other
 * content.
 */
export async function seedDemo(app: App, options: DemoOptions): Promise<Seeded> {
  const today = (await beganOn(app)) ?? options.today;
  const { partners, facts } = generateDemo({ ...options, today });
  await seedRules(app, today);
  let changes = 0;
  for (const batch of batches(partners)) changes += await seedPartners(app, batch);
  // The tour partner's facts come last: `isDemoSeeded` goes by them.
  for (const batch of batches(facts.filter((fact) => !isOfTour(fact))))
    changes += await seedFacts(app, batch);
  for (const batch of batches(facts.filter(isOfTour))) changes += await seedFacts(app, batch);
  return { partners: partners.length, facts: facts.length, changes };
}

/** Whether a seeding with a tour partner ran to its end. */
export async function isDemoSeeded(app: App): Promise<boolean> {
  const program = await findProgram(app, CONNECT_PROGRAM.code);
  if ('refused' in program) return false;
  const { externalRef } = TOUR_PARTNER;
  const last = await app.database.prisma.fact.findFirst({
    select: { id: true },
    where: { source: DEMO_SOURCE, partner: { programId: program.id, externalRef } },
  });
  return last !== null;
}

/**
 * The programme's day on which an earlier seeding published the first rulebook, as an ISO date; null if none
 * did.
 */
async function beganOn(app: App): Promise<string | null> {
  const program = await findProgram(app, CONNECT_PROGRAM.code);
  const first = 'refused' in program ? undefined : program.rulebooks[0];
  if ('refused' in program || first === undefined) return null;
  return addDays(EPOCH, dayIn(program.timeZone, first.publishedAt));
}

function isOfTour({ partner }: DemoFact): boolean {
  return partner === TOUR_PARTNER.externalRef;
}

async function seedRules(app: App, today: string): Promise<void> {
  const created = await createProgram(app, CONNECT_PROGRAM);
  if ('refused' in created && created.refused !== 'PROGRAM_EXISTS') throw demoRefused(created);
  const publishedSoFar = async (): Promise<number> => {
    const found = await findProgram(app, CONNECT_PROGRAM.code);
    if ('refused' in found) throw demoRefused(found);
    return found.rulebooks.length;
  };
  for (const [index, { effectiveFrom, document }] of connectRulebooks(today).entries()) {
    if (index < (await publishedSoFar())) continue;
    const draft = await saveRulebookDraft(app, { program: CONNECT_PROGRAM.code, document, draft: null });
    if ('refused' in draft) throw demoRefused(draft);
    const published = await publishRulebook(app, {
      rulebook: draft.rulebookId,
      effectiveFrom: toDay(effectiveFrom),
    });
    // Another process that was started on the same empty database may have been faster.
    if ('refused' in published && (await publishedSoFar()) <= index) throw demoRefused(published);
  }
}

/** Enrolls partners; returns how many log entries that made. */
async function seedPartners(app: App, partners: readonly DemoPartner[]): Promise<number> {
  const enrolled = await enrollPartners(app, {
    program: CONNECT_PROGRAM.code,
    partners: partners.map((partner) => ({ ...partner, enrolledOn: toDay(partner.enrolledOn) })),
  });
  if ('refused' in enrolled) throw demoRefused(enrolled);
  for (const outcome of enrolled.outcomes) {
    if ('refused' in outcome && outcome.refused !== 'PARTNER_EXISTS') throw demoRefused(outcome);
  }
  return enrolled.changes.length;
}

/** Records facts of one source; returns how many log entries that made. */
async function seedFacts(app: App, facts: readonly DemoFact[]): Promise<number> {
  const recorded = await recordFacts(app, {
    program: CONNECT_PROGRAM.code,
    source: DEMO_SOURCE,
    facts: facts.map(toFactInput),
    onError: 'REJECT_ALL',
  });
  if ('rejections' in recorded) {
    throw new Error(`${recorded.message} The first: ${JSON.stringify(recorded.rejections[0])}`);
  }
  if ('refused' in recorded) throw demoRefused(recorded);
  return recorded.changes.length;
}

/** The row that records a fact of the demo. */
export function toFactInput({ externalId, partner, occurredOn, detail }: DemoFact): FactInput {
  const base = { externalId, partner, occurredOn };
  if ('revenue' in detail) {
    return { ...base, detail: { type: 'revenue', attributes: [], ...detail.revenue } };
  }
  if ('certification' in detail) {
    return { ...base, detail: { type: 'certification', attributes: [], ...detail.certification } };
  }
  return { ...base, detail: { type: 'satisfaction', attributes: [], ...detail.satisfaction } };
}

function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += BATCH) yield items.slice(from, from + BATCH);
}

/** A refusal as an error: the demo itself is wrong then, which no user can answer. */
function demoRefused({ refused, message }: Refused<AnyRefusalCode>): Error {
  return new Error(`The demo was refused: ${refused}: ${message}`);
}

function toDay(date: string): Day {
  return daysBetween(EPOCH, date);
}
