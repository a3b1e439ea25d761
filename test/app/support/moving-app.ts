import type { App } from '../../../src/app/context/app.ts';
import { judgeDue } from '../../../src/app/judging/judge-due.ts';
import type { FactInput } from '../../../src/app/naming/fact-input.ts';
import type { OpenApp } from '../../../src/app/open-app.ts';
import { createInputsFinder } from '../../../src/app/reading/find-inputs.ts';
import { type KnownStanding, readStanding } from '../../../src/app/reading/read-standing.ts';
import { createProgram } from '../../../src/app/writing/create-program.ts';
import { recordFacts } from '../../../src/app/writing/record-facts.ts';
import type { Change } from '../../../src/engine/changes/change.ts';
import type { Hold, Status } from '../../../src/engine/partner/status.ts';
import { formatDay } from '../../../src/engine/values/day.ts';
import type { LogEntry } from '../../../src/store/encoding/log-entry.ts';
import { type PartnerRow, readPartners } from '../../../src/store/reading/read-partner.ts';
import { FULL_SCOPE } from '../../../src/store/reading/read-scope.ts';
import { day, granted } from '../../support/fixtures.ts';
import { logOfPartner } from '../../support/read-log.ts';
import { openTestApp } from '../../support/test-app.ts';

/** An app whose clock stands still until it is moved, and which judges what is due only when asked to. */
export type MovingApp = OpenApp & {
  /** Moves the clock to noon UTC of a day, or to an instant such as `2026-03-29T00:59:00Z`. */
  goTo(text: string): void;
  /** Judges what is due, as a process does at the latest a quarter of a minute after midnight. */
  judgeDue(): Promise<number>;
  /** Goes from the present day to another, judging on each day. */
  liveUntil(text: string): Promise<void>;
  rowOf(id: string): Promise<PartnerRow>;
  standing(id: string, on?: string | null, knownAt?: number | null): Promise<KnownStanding>;
  /** A partner's entries, oldest first. */
  entriesOf(id: string): Promise<readonly LogEntry[]>;
  /** The same, an entry a line. */
  logOf(id: string): Promise<readonly string[]>;
  record(facts: readonly FactInput[], program?: string): Promise<void>;
};

/** Opens an app in memory; its clock stands at noon UTC of the day given. */
export async function openMovingApp(start: string): Promise<MovingApp> {
  let now = instantOf(start);
  const opened = await openTestApp({ clock: () => now });
  await opened.judge.stop();
  const { app } = opened;
  const moving: MovingApp = {
    ...opened,
    goTo(text) {
      now = instantOf(text);
    },
    judgeDue: () => judgeDue(app),
    async liveUntil(text) {
      for (const until = instantOf(text); now < until; ) {
        now = Math.min(until, now + 86_400_000);
        await judgeDue(app);
      }
    },
    rowOf: (id) => rowOf(app, id),
    async standing(id, on = null, knownAt = null) {
      return readStanding(
        app,
        await rowOf(app, id),
        { on: on === null ? null : day(on), knownAt },
        createInputsFinder(FULL_SCOPE, app),
      );
    },
    entriesOf: (id) => logOfPartner(app, id),
    logOf: async (id) => (await logOfPartner(app, id)).map(({ change }) => describeChange(change)),
    async record(facts, program = 'small') {
      const { rows } = granted(
        await recordFacts(app, { program, source: 'test', facts, onError: 'REJECT_ALL' }),
      );
      for (const row of rows) if (row.type !== 'RECORDED') throw new Error(JSON.stringify(row));
    },
  };
  return moving;
}

/** Makes a programme without any rulebook yet. */
export async function createBareProgram(app: App, code: string, timeZone = 'UTC'): Promise<void> {
  granted(
    await createProgram(app, {
      code,
      name: code,
      timeZone,
      currency: 'EUR',
      fiscalYearFirstMonth: 1,
      satisfactionScale: { minimum: '0', maximum: '10' },
      measurementKinds: [],
    }),
  );
}

function instantOf(text: string): number {
  return Date.parse(text.includes('T') ? text : `${text}T12:00:00Z`);
}

async function rowOf({ database }: App, id: string): Promise<PartnerRow> {
  const [row] = await readPartners(FULL_SCOPE, database.prisma, [id]);
  if (row === undefined) throw new Error('the partner is there');
  return row;
}

/** An entry in one line, its day and trigger first. */
export function describeChange({ on, trigger, detail }: Change): string {
  return `${formatDay(on)} ${trigger} ${describeDetail(detail)}`;
}

function describeDetail(detail: Change['detail']): string {
  switch (detail.type) {
    case 'TierChanged':
      return `${detail.from} ${detail.direction} ${detail.to} since ${formatDay(detail.since)}`;
    case 'SpecializationEarned':
    case 'SpecializationLapsed':
      return `${detail.type} ${detail.specialization} since ${formatDay(detail.since)}`;
    case 'HoldStarted':
      return `HoldStarted ${describeHold(detail.hold)}: ${detail.tier}, not ${detail.computedTier}`;
    case 'HoldEnded':
      return `HoldEnded ${detail.hold.reason} ${detail.ending}`;
    case 'TierAtRisk':
      return `TierAtRisk ${detail.from} to ${detail.tier} on ${formatDay(detail.on)}`;
    case 'RiskCleared':
      return 'RiskCleared';
    case 'HistoryRevised':
      return `HistoryRevised ${formatDay(detail.fromOn)} ${formatDay(detail.untilOn)}`;
  }
}

function describeHold({ reason, until }: Hold): string {
  return `${reason} until ${until === null ? 'further notice' : formatDay(until)}`;
}

/** The effective tier, then the computed one and the holds if they differ. */
export function describeStatus({ tier, computedTier, holds }: Status): string {
  return [
    tier ?? 'none',
    ...(tier === computedTier ? [] : [`not ${computedTier}`]),
    ...holds.map(describeHold),
  ].join(', ');
}
