// How long the event loop is held without a break while batches are recorded, a rulebook is published and
// standings are read. Garbage collections are listed beside it, since nothing here can shorten them.
//
//   npx node bench/event-loop.ts                     the embedded database, in memory
//   npx node bench/event-loop.ts postgres://...      an empty database of a server
import { PerformanceObserver } from 'node:perf_hooks';
import { DATABASE_CLOCK } from '../src/app/context/clock.ts';
import { judgeDue } from '../src/app/judging/judge-due.ts';
import type { FactInput } from '../src/app/naming/fact-input.ts';
import { openApp } from '../src/app/open-app.ts';
import { createInputsFinder } from '../src/app/reading/find-inputs.ts';
import { readStanding } from '../src/app/reading/read-standing.ts';
import { createProgram } from '../src/app/writing/create-program.ts';
import { enrollPartners } from '../src/app/writing/enroll-partners.ts';
import { publishRulebook } from '../src/app/writing/publish-rulebook.ts';
import { recordFacts } from '../src/app/writing/record-facts.ts';
import { saveRulebookDraft } from '../src/app/writing/save-rulebook-draft.ts';
import { addDays, daysBetween } from '../src/demo/calendar.ts';
import { CONNECT_PROGRAM, connectRulebooks } from '../src/demo/rulebooks.ts';
import { readPartnersByRef } from '../src/store/reading/read-partner.ts';
import { FULL_SCOPE } from '../src/store/reading/read-scope.ts';

const PARTNERS = Number(process.env.PARTNERS ?? 2_000);
const HEAVY_PARTNERS = 20;
const HEAVY_FACTS = 1_000;
const today = new Date().toISOString().slice(0, 10);

type Stretches = {
  readonly longest: number;
  readonly second: number;
  readonly busiest: number;
  readonly collection: number;
};

/**
 * The longest times between two turns of the event loop while `work` runs, the most that the process worked
 * in one of them, which says more where the machine is busy otherwise, and the longest garbage collection; in
 * milliseconds.
 */
async function stretchesOf(work: () => Promise<unknown>): Promise<Stretches & { readonly took: number }> {
  const gaps: number[] = [];
  let busiest = 0;
  let collection = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collection = Math.max(collection, duration);
  });
  observer.observe({ entryTypes: ['gc'] });
  let last = performance.now();
  const from = last;
  let used = process.cpuUsage();
  const timer = setInterval(() => {
    const now = performance.now();
    const { user, system } = process.cpuUsage(used);
    busiest = Math.max(busiest, Math.min(now - last, (user + system) / 1_000));
    gaps.push(now - last);
    last = now;
    used = process.cpuUsage();
  }, 1);
  await work();
  await new Promise((resolve) => setTimeout(resolve, 20));
  clearInterval(timer);
  observer.disconnect();
  const [longest = 0, second = 0] = gaps.sort((a, b) => b - a);
  return { longest, second, busiest, collection, took: performance.now() - from };
}

async function show(name: string, work: () => Promise<unknown>): Promise<void> {
  const { longest, second, busiest, collection, took } = await stretchesOf(work);
  const numbers = [longest, second, busiest, collection, took].map((ms) => ms.toFixed(0).padStart(8));
  console.log(`${name.padEnd(44)}${numbers.join('')}`);
}

function granted<T extends object>(outcome: T): T {
  if ('refused' in outcome) throw new Error(JSON.stringify(outcome));
  return outcome;
}
function toDay(date: string): number {
  return daysBetween('1970-01-01', date);
}
const program = CONNECT_PROGRAM.code;
const refs = Array.from({ length: PARTNERS }, (_, index) => `P${String(index).padStart(5, '0')}`);
const heavy = refs.slice(0, HEAVY_PARTNERS);
let sent = 0;
function fact(partner: string, daysAgo: number): FactInput {
  return {
    externalId: `f${sent++}`,
    partner,
    occurredOn: addDays(today, -daysAgo),
    detail: { type: 'revenue', amount: '100', currency: 'EUR', attributes: [] },
  };
}

const [, , url] = process.argv;
function silent(): void {}
const { app, judge, close } = await openApp({
  location: url === undefined ? { kind: 'memory' } : { kind: 'server', url },
  clock: DATABASE_CLOCK,
  log: { info: silent, warn: console.error, error: console.error },
});
await judge.stop();
async function record(facts: readonly FactInput[]) {
  return granted(await recordFacts(app, { program, source: 'bench', facts, onError: 'REJECT_ALL' }));
}
async function publish(index: number, effectiveFrom: string) {
  const document = connectRulebooks(today)[index]?.document;
  const draft = granted(await saveRulebookDraft(app, { program, document, draft: null }));
  if (!('rulebookId' in draft)) throw new Error('the draft was saved');
  granted(await publishRulebook(app, { rulebook: draft.rulebookId, effectiveFrom: toDay(effectiveFrom) }));
}

console.log(`${''.padEnd(44)} longest  second busiest      gc    took (ms)`);
granted(await createProgram(app, CONNECT_PROGRAM));
await publish(0, addDays(today, -1_000));
for (let from = 0; from < PARTNERS; from += 1_000) {
  const partners = refs.slice(from, from + 1_000).map((externalRef) => ({
    ...{ externalRef, name: externalRef, country: 'DE', region: 'EMEA', parent: null },
    enrolledOn: toDay(addDays(today, -900)),
  }));
  await show(`${partners.length} partners enrolled`, async () =>
    granted(await enrollPartners(app, { program, partners })),
  );
}
for (let count = 0; count < 5; count++)
  await record(refs.slice(0, 1_000).map((ref) => fact(ref, 30 * count)));
for (const ref of heavy)
  await record(Array.from({ length: HEAVY_FACTS - 10 }, (_, day) => fact(ref, day % 800)));
await show('a batch of 300, 300 partners', () => record(refs.slice(100, 400).map((ref) => fact(ref, 1))));
await show('a batch of 1,000, 1,000 partners', () =>
  record(refs.slice(100, 1_100).map((ref) => fact(ref, 2))),
);
await show('a batch of 1,000, one partner', () =>
  record(Array.from({ length: 1_000 }, () => fact('P01500', 3))),
);
await show(`a batch of ${HEAVY_PARTNERS}, of ${HEAVY_FACTS} facts each`, () =>
  record(heavy.map((ref) => fact(ref, 1))),
);
await show('the same batch of 1,000 again', async () => {
  const facts = refs
    .slice(100, 1_100)
    .map((ref, index) => ({ ...fact(ref, 2), externalId: `again ${index}` }));
  await record(facts);
  await record(facts);
});
await show('a publication', () => publish(1, addDays(today, 1)));
await show(`${PARTNERS} partners judged by it`, () => judgeDue(app));
const { id = '' } = (await app.catalogue.find('code', program)) ?? {};
async function standings(chosen: readonly string[]) {
  const rows = await readPartnersByRef(FULL_SCOPE, app.database.prisma, id, chosen);
  const cases = createInputsFinder(FULL_SCOPE, app);
  const question = { on: toDay(addDays(today, -400)), knownAt: null };
  await Promise.all(rows.map((row) => readStanding(app, row, question, cases)));
}
await show('100 standings of the past', () => standings(refs.slice(200, 300)));
await show(`${HEAVY_PARTNERS} standings of the past, of ${HEAVY_FACTS} facts each`, () => standings(heavy));
await close();
