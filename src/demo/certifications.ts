import { addDays, addMonths } from './calendar.ts';
import { DEMO_SOURCE, type DemoFact, padNumber } from './demo-base.ts';
import { teamOf } from './names.ts';
import type { Plan } from './plan.ts';
import type { Random } from './random.ts';
import { AREAS, type Area, CERTIFICATION_MONTHS } from './rulebooks.ts';

type Earned = {
  readonly person: string;
  readonly credential: string;
  readonly occurredOn: string;
};

/**
 * The certifications of the partner's people up to `today`: `plan.areas` areas fully staffed, some of them
 * only for a few more weeks, some staffed twice over, and around them areas that lapsed or were never
 * completed.
 */
export function drawCertifications(partner: string, plan: Plan, today: string, random: Random): DemoFact[] {
  const started = plan.areas + (plan.nearlyOneMore ? 1 : 0);
  const team = teamOf(partner, Math.min(12, 3 + Math.ceil(started * 1.3)), random);
  const areas = random.shuffle(AREAS);
  const earned: Earned[] = [];
  for (const area of areas.slice(0, plan.areas)) earned.push(...staff(area, team, today, random));
  for (const area of areas.slice(plan.areas, started)) earned.push(...staffAlmost(area, team, today, random));
  const spare = areas[started];
  if (spare !== undefined && random.chance(started > 0 ? 0.3 : 0.08)) {
    earned.push(...staffInThePast(spare, team, today, random));
  }
  return earned.map((certification, index) => certificationFact(partner, index + 1, certification));
}

/** A certification as a fact, numbered within its partner. */
export function certificationFact(
  partner: string,
  number: number,
  { person, credential, occurredOn }: Earned,
): DemoFact {
  return {
    source: DEMO_SOURCE,
    externalId: `CRT-${partner}-${padNumber(number, 3)}`,
    partner,
    occurredOn,
    detail: {
      certification: { person, credential, expiresOn: addMonths(occurredOn, CERTIFICATION_MONTHS) },
    },
  };
}

/** Two for sales and a third person for design, all valid today. */
function staff(area: Area, team: readonly string[], today: string, random: Random): Earned[] {
  const people = random.shuffle(team);
  const expiring = random.chance(0.15) ? random.integer(0, 2) : null;
  const earned = people
    .slice(0, 3)
    .flatMap((person, slot) =>
      validCertification(person, credentialOf(area, slot), today, slot === expiring, random),
    );
  if (random.chance(0.3)) {
    // A person who could fill either role: assigning people to slots has to choose well.
    const versatile = people[random.integer(0, 1)] as string;
    earned.push(...validCertification(versatile, `${area}_DESIGN`, today, false, random));
  }
  const extra = people[3];
  if (extra !== undefined && random.chance(0.4)) {
    earned.push(...validCertification(extra, `${area}_SALES`, today, false, random));
  }
  return earned;
}

/** Everything but one certification: a person is missing, or one person would have to fill two slots. */
function staffAlmost(area: Area, team: readonly string[], today: string, random: Random): Earned[] {
  const people = random.shuffle(team);
  const missing = random.integer(0, 2);
  const earned = people
    .slice(0, 3)
    .flatMap((person, slot) =>
      slot === missing ? [] : validCertification(person, credentialOf(area, slot), today, false, random),
    );
  if (missing === 2) {
    const overworked = people[0] as string;
    earned.push(...validCertification(overworked, `${area}_DESIGN`, today, false, random));
  }
  return earned;
}

/** A team whose certifications ran out within the last half year. */
function staffInThePast(area: Area, team: readonly string[], today: string, random: Random): Earned[] {
  return random
    .shuffle(team)
    .slice(0, 3)
    .map((person, slot) => ({
      person,
      credential: credentialOf(area, slot),
      occurredOn: addDays(addMonths(today, -CERTIFICATION_MONTHS), -random.integer(1, 180)),
    }));
}

/** A certification valid today, after the one that it renewed if there was one. */
function validCertification(
  person: string,
  credential: string,
  today: string,
  expiring: boolean,
  random: Random,
): Earned[] {
  const age = addMonths(today, -CERTIFICATION_MONTHS);
  const occurredOn = expiring ? addDays(age, random.integer(3, 45)) : addDays(today, -random.integer(4, 600));
  const before = addDays(addMonths(occurredOn, -CERTIFICATION_MONTHS), random.integer(2, 60));
  const current = { person, credential, occurredOn };
  return random.chance(0.25) ? [{ person, credential, occurredOn: before }, current] : [current];
}

function credentialOf(area: Area, slot: number): string {
  return slot < 2 ? `${area}_SALES` : `${area}_DESIGN`;
}
