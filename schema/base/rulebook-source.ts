import { NOTHING_ASKED } from '../../src/engine/format/show-rulebook.ts';
import type { Specialization, Tier } from '../../src/engine/rulebook/rulebook.ts';
import type { ProgramRecord, RulebookRecord } from '../../src/store/catalogue/program-catalogue.ts';
import type { Context } from './context.ts';

/** A published rulebook within its programme. */
export type RulebookSource = { readonly program: ProgramRecord; readonly published: RulebookRecord };

/** A tier within its rulebook; the rank of the lowest is 0. */
export type TierSource = RulebookSource & { readonly tier: Tier; readonly rank: number };

/** A specialization within its rulebook. */
export type SpecializationSource = RulebookSource & { readonly specialization: Specialization };

/**
 * The published rulebook with this id, withdrawn or not, whichever programme it belongs to; null if there is
 * none.
 */
export async function findRulebook({ app }: Context, id: string): Promise<RulebookSource | null> {
  for (const program of (await app.catalogue.current()).byId.values()) {
    const published = [...program.rulebooks, ...program.withdrawnRulebooks].find((each) => each.id === id);
    if (published !== undefined) return { program, published };
  }
  return null;
}

/**
 * The published rulebook that a row or an entry names. Read again if memory does not have it yet; throws if
 * it is missing then.
 */
export async function rulebookNamed(context: Context, id: string): Promise<RulebookSource> {
  const known = await findRulebook(context, id);
  if (known !== null) return known;
  context.app.catalogue.expire();
  const found = await findRulebook(context, id);
  if (found === null) throw new Error(`The rulebook ${id} is missing.`);
  return found;
}

/** All tiers, highest first. */
export function tiersOf(source: RulebookSource): TierSource[] {
  return source.published.rulebook.tiers.map((tier, rank) => ({ ...source, tier, rank })).reverse();
}

/**
 * The tier that a verdict names; throws if the rulebook has none such. If the rulebook can no longer be read,
 * the tier is known by its code alone.
 */
export function tierNamed(source: RulebookSource, code: string): TierSource {
  const found = tiersOf(source).find(({ tier }) => tier.code === code);
  if (found === undefined && source.published.unusable !== null) {
    const name = { en: code, de: code };
    return { ...source, tier: { code, name, requirement: null, retain: null, forfeit: null }, rank: 0 };
  }
  if (found === undefined) throw new Error(`The rulebook ${source.published.id} has no tier ${code}.`);
  return found;
}

/** All specializations, in the rulebook's order. */
export function specializationsOf(source: RulebookSource): SpecializationSource[] {
  return source.published.rulebook.specializations.map((specialization) => ({ ...source, specialization }));
}

/** The specialization with this code; null if the rulebook has none such. */
export function findSpecialization(source: RulebookSource, code: string): SpecializationSource | null {
  return specializationsOf(source).find(({ specialization }) => specialization.code === code) ?? null;
}

/** The specialization that a verdict names, as with `tierNamed`. */
export function specializationNamed(source: RulebookSource, code: string): SpecializationSource {
  const found = findSpecialization(source, code);
  if (found === null && source.published.unusable !== null) {
    const named = { code, name: { en: code, de: code }, requirement: NOTHING_ASKED };
    return { ...source, specialization: named };
  }
  if (found === null) throw new Error(`The rulebook ${source.published.id} has no specialization ${code}.`);
  return found;
}
