import type { Change, Trigger } from '../../../src/engine/changes/change.ts';
import { type Judged, settle } from '../../../src/engine/changes/settle.ts';
import type { Standing } from '../../../src/engine/judging/standing.ts';
import type { Fact } from '../../../src/engine/partner/fact.ts';
import type { Override, PartnerInputs } from '../../../src/engine/partner/partner-inputs.ts';
import { type EnteredData, resolveEntries } from '../../../src/engine/partner/resolve-entries.ts';
import type { Timeline } from '../../../src/engine/partner/status.ts';
import { judgePartner } from '../../../src/engine/policy/judge-partner.ts';
import { computeTimeline } from '../../../src/engine/policy/timeline.ts';
import type { Policy, Transition } from '../../../src/engine/rulebook/policy-rules.ts';
import type { PublishedRulebook, Rulebook } from '../../../src/engine/rulebook/rulebook.ts';
import type { Day, Instant } from '../../../src/engine/values/day.ts';
import { fraction } from '../../../src/engine/values/fraction.ts';
import type { FactDraw, Step } from './any-history.ts';
import { day, factory, rulebookOf } from './measuring.ts';

/** An input as it was recorded, and until when it was the current one. */
type Version<T> = {
  readonly id: string;
  readonly value: T;
  readonly recordedAt: Instant;
  supersededAt: Instant | null;
};

type Publication = PublishedRulebook & { readonly publishedAt: Instant; withdrawnAt: Instant | null };

/** What was judged: on which day, by what was known at which instant. */
export type Judgement = { readonly on: Day; readonly knownAt: Instant };
export type Answer = { readonly on: Day; readonly knownAt: Instant; readonly standing: Standing };

/** Everything that was ever recorded about one partner, and what the write path keeps of it. */
export type World = {
  readonly facts: readonly Version<Fact>[];
  readonly overrides: readonly Version<Override>[];
  readonly entered: readonly EnteredData[];
  readonly rulebooks: readonly Publication[];
  readonly stored: Judged;
  readonly log: readonly Change[];
  readonly judgements: readonly Judgement[];
  readonly answers: readonly Answer[];
  readonly enrolledOn: Day;
};

function text(en: string) {
  return { en, de: en };
}
const revenue = {
  name: text('Revenue'),
  metric: { fact: 'revenue', aggregate: 'SUM', window: { trailing: { months: 3 } } },
};
function rules(silver: string, gold: string, top: string, remap: Readonly<Record<string, string>>): Rulebook {
  return rulebookOf({
    format: 2,
    measures: { revenue },
    tiers: [
      { code: 'BASE', name: text('Base') },
      {
        code: 'SILVER',
        name: text('Silver'),
        requirement: { measure: 'revenue', atLeast: { default: silver, regions: { APAC: '100' } } },
        retain: { measure: 'revenue', atLeast: '90' },
      },
      {
        code: top,
        name: text('Top'),
        requirement: {
          anyOf: [
            { allOf: [{ measure: 'revenue', atLeast: gold }, { specialization: 'EXPERT' }] },
            { held: 'SILVER', for: { months: 6 } },
          ],
        },
        forfeit: { measure: 'revenue', below: '0' },
      },
    ],
    specializations: [
      {
        code: 'EXPERT',
        name: text('Expert'),
        requirement: {
          persons: [{ name: text('any'), count: 1, where: [{ field: 'credential', in: ['A'] }] }],
        },
      },
      { code: 'TRIED', name: text('Tried'), requirement: { held: 'SILVER', total: { days: 60 } } },
    ],
    remap,
  });
}
/** Rulebooks take turns: the highest tier is renamed each time. */
const RULES = [
  rules('300', '500', 'GOLD', { TOP: 'GOLD' }),
  rules('200', '700', 'TOP', { GOLD: 'TOP' }),
] as const;
const FIRST_DAY = day('2026-01-01');

/** What was known at an instant, picked from the versions as the store's statement does. */
export function caseAt(
  world: Pick<World, 'facts' | 'overrides' | 'entered' | 'rulebooks'>,
  knownAt: Instant,
): PartnerInputs {
  const current = <T>(versions: readonly Version<T>[]): T[] =>
    versions
      .filter(
        (each) => each.recordedAt <= knownAt && (each.supersededAt === null || each.supersededAt > knownAt),
      )
      .map(({ value }) => value);
  return {
    partnerId: 'P',
    rulebooks: world.rulebooks.filter(
      ({ publishedAt, withdrawnAt }) =>
        publishedAt <= knownAt && (withdrawnAt === null || withdrawnAt > knownAt),
    ),
    entries: resolveEntries(world.entered.filter(({ recordedAt }) => recordedAt <= knownAt)),
    facts: current(world.facts),
    family: [],
    overrides: current(world.overrides).filter(({ firstOn, endsOn }) => firstOn < endsOn),
  };
}

/** Lets a history happen, writing down at each step what the write path would. */
export function live({ policy, steps }: { readonly policy: Policy; readonly steps: readonly Step[] }): World {
  const newFact = factory();
  const facts: Version<Fact>[] = [];
  const overrides: Version<Override>[] = [];
  const entered: EnteredData[] = [];
  const rulebooks: Publication[] = [];
  const log: Change[] = [];
  const judgements: Judgement[] = [];
  const answers: Answer[] = [];
  let stored: Judged | null = null;
  let today = FIRST_DAY;
  let now: Instant = 0;

  const known = () => caseAt({ facts, overrides, entered, rulebooks }, now);
  const judge = (trigger: Trigger, next: Timeline): void => {
    log.push(...settle({ previous: stored, next, today, trigger, rulebooks: known().rulebooks }));
    // As it comes back from a column of JSON.
    stored = {
      timeline: JSON.parse(JSON.stringify(next)),
      judgedOn: today,
      rulebooks: known().rulebooks,
    };
    judgements.push({ on: today, knownAt: now });
  };
  const write = (trigger: Trigger, record: (recordedAt: Instant) => void): void => {
    now += 1;
    record(now);
    judge(trigger, computeTimeline(known()));
  };
  const publish = (
    policy: Policy,
    transition: Transition | null,
    effectiveFrom: Day,
    publishedAt: Instant,
  ): void => {
    const index = rulebooks.length;
    const valid = rulebooks.filter(({ withdrawnAt }) => withdrawnAt === null).length;
    const rulebook = { ...(valid % 2 === 0 ? RULES[0] : RULES[1]), policy, transition };
    rulebooks.push({ id: `r${index}`, effectiveFrom, rulebook, publishedAt, withdrawnAt: null });
  };
  const replaceAt = <T>(versions: Version<T>[], old: Version<T>, value: T, at: Instant): void => {
    old.supersededAt = at;
    versions.push({ id: old.id, value, recordedAt: at, supersededAt: null });
  };
  const pick = <T>(versions: readonly Version<T>[], index: number): Version<T> | undefined => {
    const current = versions.filter(({ supersededAt }) => supersededAt === null);
    return current[index % Math.max(1, current.length)];
  };
  const draw = ({ isCertificate, daysAgo, cents, validDays }: FactDraw): Fact => {
    const occurredOn = today - daysAgo;
    const base = newFact(isCertificate ? 'certification' : 'revenue', {
      on: '2026-01-01',
      ...(isCertificate ? { person: 'ada', credential: 'A' } : { value: '0' }),
    });
    const value = isCertificate ? null : fraction(BigInt(cents), 100n);
    const expiresOn = isCertificate && validDays !== null ? occurredOn + validDays : null;
    return { ...base, occurredOn, expiresOn, value, recordedAt: now + 1 };
  };

  const take = (step: Step): void => {
    switch (step.type) {
      case 'PASS':
        today += step.days;
        if (step.isJudged && stored !== null) judge('TIME', stored.timeline);
        return;
      case 'ASK':
        // From what is current, with no regard to instants.
        answers.push({
          on: today + step.inDays,
          knownAt: now,
          standing: judgePartner(known(), today + step.inDays),
        });
        return;
      case 'RECORD':
        write('FACT', (recordedAt) => {
          const value = draw(step);
          facts.push({ id: value.externalId, value, recordedAt, supersededAt: null });
        });
        return;
      case 'CORRECT': {
        const old = pick(facts, step.which);
        if (old === undefined) return;
        const { source, externalId, version } = old.value;
        write('FACT', (at) =>
          replaceAt(facts, old, { ...draw(step), source, externalId, version: version + 1 }, at),
        );
        return;
      }
      case 'VOID': {
        const old = pick(facts, step.which);
        if (old === undefined || old.value.voided) return;
        write('FACT', (at) =>
          replaceAt(facts, old, { ...old.value, version: old.value.version + 1, voided: true }, at),
        );
        return;
      }
      case 'OVERRIDE': {
        const firstOn = today + step.inDays;
        const endsOn = firstOn + step.length;
        const taken = overrides.some(
          ({ value, supersededAt }) =>
            supersededAt === null && value.firstOn < endsOn && firstOn < value.endsOn,
        );
        if (taken) return;
        const id = `o${overrides.length}`;
        const inForce = known().rulebooks.findLast(({ effectiveFrom }) => effectiveFrom <= firstOn);
        const tier = inForce?.rulebook.tiers[step.tier]?.code;
        if (inForce === undefined || tier === undefined) return;
        const value = { id, tier, rulebookId: inForce.id, firstOn, endsOn, reason: 'r', actor: 'a' };
        write('OVERRIDE', (recordedAt) => overrides.push({ id, value, recordedAt, supersededAt: null }));
        return;
      }
      case 'END_OVERRIDE': {
        const old = pick(overrides, step.which);
        const on = today + step.inDays;
        if (old === undefined || old.value.endsOn <= on) return;
        write('OVERRIDE', (at) =>
          replaceAt(overrides, old, { ...old.value, endsOn: Math.max(on, old.value.firstOn) }, at),
        );
        return;
      }
      case 'ENTER': {
        const firstOn = today + step.inDays;
        const data =
          step.data === 'LEAVE'
            ? { leftOn: Math.max(firstOn, FIRST_DAY) }
            : step.data === 'STAY'
              ? { leftOn: null }
              : { region: step.data };
        write('PARTNER', (recordedAt) => entered.push({ firstOn, recordedAt, data }));
        return;
      }
      case 'PUBLISH': {
        const latest = known().rulebooks.at(-1)?.effectiveFrom ?? 0;
        const effectiveFrom = Math.max(today + step.inDays, latest + 1);
        const transition: Transition | null = step.transition && {
          mode: step.transition.mode,
          until: effectiveFrom + step.transition.days,
        };
        write('RULEBOOK', (at) => publish(step.policy, transition, effectiveFrom, at));
        return;
      }
      case 'WITHDRAW': {
        const latest = rulebooks.findLast(({ withdrawnAt }) => withdrawnAt === null);
        if (latest === undefined) return;
        write('RULEBOOK', (at) => {
          latest.withdrawnAt = at;
        });
        return;
      }
    }
  };

  publish(policy, null, FIRST_DAY - 400, 0);
  write('PARTNER', (recordedAt) => {
    const data = {
      name: 'P',
      country: 'DE',
      region: 'EMEA',
      parentId: null,
      enrolledOn: FIRST_DAY - 90,
      leftOn: null,
    };
    entered.push({ firstOn: FIRST_DAY - 90, recordedAt, data });
  });
  for (const step of steps) take(step);
  if (stored === null) throw new Error('enrolment judges');
  return {
    facts,
    overrides,
    entered,
    rulebooks,
    stored,
    log,
    judgements,
    answers,
    enrolledOn: FIRST_DAY - 90,
  };
}
