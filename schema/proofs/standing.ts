import type { KnownStanding } from '../../src/app/reading/read-standing.ts';
import type { TierGap as Gap, TierProof as Verdict } from '../../src/engine/judging/standing.ts';
import type { Risk as RiskSource } from '../../src/engine/partner/status.ts';
import { builder } from '../base/builder.ts';
import type { Context } from '../base/context.ts';
import { Partner } from '../base/partner-ref.ts';
import { present } from '../base/present.ts';
import {
  rulebookNamed,
  type SpecializationSource,
  specializationNamed,
  type TierSource,
  tierNamed,
} from '../base/rulebook-source.ts';
import { Specialization } from '../base/specialization-ref.ts';
import { Tier } from '../base/tier-ref.ts';
import { Rulebook } from '../rulebooks/rulebook.ts';
import { Hold } from './hold.ts';
import { type ProofBasis, type ProofSource, proofBasis, shownIn } from './proof-basis.ts';
import { RequirementProof } from './requirement-proof.ts';
import { shownKnownAt } from './shown-known-at.ts';
import { TierGap, TierProof } from './tier-proof.ts';

export const Risk = builder.objectRef<RiskSource>('Risk').implement({
  description: 'The effective tier will fall if nothing new is recorded.',
  fields: (t) => ({
    on: t.expose('on', {
      type: 'Date',
      description: 'The first day on which the tier will be lost if nothing new is recorded.',
    }),
    tier: t.field({
      type: Tier,
      description: 'The tier that remains on that day.',
      resolve: async ({ tier, rulebookId }, _, context) =>
        tierNamed(await rulebookNamed(context, rulebookId), tier),
    }),
  }),
});

const StandingSpecialization = builder
  .objectRef<{
    readonly specialization: SpecializationSource;
    readonly isHeld: boolean;
    readonly requirement: ProofSource;
  }>('StandingSpecialization')
  .implement({
    description: 'The verdict on one specialization with its proof.',
    fields: (t) => ({
      specialization: t.expose('specialization', {
        type: Specialization,
        description: 'The specialization, as the rulebook defines it.',
      }),
      isHeld: t.exposeBoolean('isHeld', {
        description: 'Whether the partner is credited with it on the day judged.',
      }),
      requirement: t.expose('requirement', {
        type: RequirementProof,
        description: 'The requirement to hold it, with its proof.',
      }),
    }),
  });

const Alternative = builder
  .objectRef<{ readonly basis: ProofBasis; readonly proof: readonly Verdict[] }>('Alternative')
  .implement({
    description: 'The verdict by a rulebook that is valid beside the one that counts.',
    fields: (t) => ({
      rulebook: t.field({
        type: Rulebook,
        description: 'The rulebook that is valid beside the one that counts.',
        resolve: ({ basis }) => basis.source,
      }),
      proof: t.field({
        type: [TierProof],
        description: 'Its verdict on each of its tiers, highest first.',
        resolve: ({ basis, proof }) => proof.map((verdict) => ({ basis, verdict })),
      }),
    }),
  });

export const Standing = builder.objectRef<KnownStanding>('Standing').implement({
  description: 'The verdict on a partner on a day, with its proof.',
  fields: (t) => ({
    partner: t.field({
      type: Partner,
      description: 'The partner that was judged, with its data of today.',
      resolve: async ({ partnerId }, _, context) =>
        present(await context.partners.load(partnerId), 'partner'),
    }),
    on: t.expose('on', { type: 'Date', description: 'The day judged.' }),
    knownAt: t.field({
      type: 'DateTime',
      resolve: (standing, _, context) => shownKnownAt(context, standing),
      description:
        'The instant by which everything that it rests on was recorded. Asking again with it gives the same answer.',
    }),
    rulebook: t.field({
      type: Rulebook,
      nullable: true,
      description: 'The rulebook that counts; null before the first, before enrolment and after leaving.',
      resolve: (standing, _, context) => rulebookOf(standing, context),
    }),
    tier: t.field({
      type: Tier,
      nullable: true,
      description: 'The effective tier: the computed one, unless something holds another.',
      resolve: ({ status }, _, context) => tierIn(status.rulebookId, status.tier, context),
    }),
    computedTier: t.field({
      type: Tier,
      nullable: true,
      description: 'The highest tier whose requirement is met.',
      resolve: ({ status }, _, context) => tierIn(status.rulebookId, status.computedTier, context),
    }),
    hold: t.field({
      type: Hold,
      nullable: true,
      description:
        'The hold that decides the effective tier; null if the effective tier is the computed one.',
      resolve: ({ status }) => status.holds[0] ?? null,
    }),
    holds: t.field({
      type: [Hold],
      description: 'Everything that keeps the effective tier from the computed one, strongest first.',
      resolve: ({ status }) => status.holds,
    }),
    risk: t.field({
      type: Risk,
      nullable: true,
      description: 'The coming loss of the effective tier; null if none is near.',
      resolve: ({ status }) => status.risk,
    }),
    specializations: t.field({
      type: [StandingSpecialization],
      description: 'Every specialization of the rulebook, held or not.',
      resolve: async (standing, _, context) => {
        const source = await rulebookOf(standing, context);
        if (source === null) return [];
        const basis = await proofBasis(context, standing, source);
        const held = new Set(standing.status.specializations);
        return standing.specializations.map(({ specialization, proof }) => ({
          specialization: specializationNamed(source, specialization),
          isHeld: held.has(specialization),
          requirement: shownIn(basis, proof),
        }));
      },
    }),
    proof: t.field({
      type: [TierProof],
      description: 'The proof whether each tier is attained, highest tier first.',
      resolve: async (standing, _, context) => {
        const source = await rulebookOf(standing, context);
        if (source === null) return [];
        const basis = await proofBasis(context, standing, source);
        return standing.proof.map((verdict) => ({ basis, verdict }));
      },
    }),
    next: t.field({
      type: TierGap,
      nullable: true,
      description:
        'The tier above the effective one and what is missing for it; null at the top and without a tier.',
      resolve: (standing, _, context) => gapWithin(standing, standing.next, context),
    }),
    computedNext: t.field({
      type: TierGap,
      nullable: true,
      description:
        'The tier above the computed one and what is missing for it; null at the top and without a tier.',
      resolve: (standing, _, context) => gapWithin(standing, standing.computedNext, context),
    }),
    alternatives: t.field({
      type: [Alternative],
      description:
        'The verdict by the other rulebook, during a transition in which two rulebooks are valid side by side.',
      resolve: (standing, _, context) =>
        Promise.all(
          standing.alternatives.map(async ({ rulebookId, proof }) => ({
            basis: await proofBasis(context, standing, await rulebookNamed(context, rulebookId)),
            proof,
          })),
        ),
    }),
    nextChangeOn: t.expose('nextChangeOn', {
      type: 'Date',
      nullable: true,
      description:
        'The first later day on which the status differs if nothing new is recorded; null if there is none.',
    }),
  }),
});

async function gapWithin(standing: KnownStanding, gap: Gap | null, context: Context) {
  const source = await rulebookOf(standing, context);
  return source === null || gap === null ? null : { basis: await proofBasis(context, standing, source), gap };
}

function rulebookOf({ status }: KnownStanding, context: Context) {
  return status.rulebookId === null ? null : rulebookNamed(context, status.rulebookId);
}

/** The tier with a code in a rulebook, both as a status names them; null where it names none. */
export async function tierIn(
  rulebookId: string | null,
  code: string | null,
  context: Context,
): Promise<TierSource | null> {
  if (rulebookId === null || code === null) return null;
  return tierNamed(await rulebookNamed(context, rulebookId), code);
}
