import type { Change, ChangeDetail, Trigger } from '../changes/change.ts';
import type { Hold, HoldReason } from '../partner/status.ts';
import type { PublishedRulebook } from '../rulebook/rulebook.ts';
import { type Locale, languageOf, textIn, type Wording } from '../values/language.ts';
import { displayDay } from './display.ts';

type Detail<Type extends ChangeDetail['type']> = Extract<ChangeDetail, { readonly type: Type }>;

const CAUSES: Readonly<Record<Trigger, Wording>> = {
  FACT: { en: 'because of new data', de: 'Aufgrund neuer Daten' },
  TIME: { en: 'because time passed', de: 'Durch Zeitablauf' },
  RULEBOOK: { en: 'because of a new rulebook', de: 'Aufgrund eines neuen Regelwerks' },
  OVERRIDE: { en: 'because of a tier set by hand', de: 'Aufgrund einer Festlegung von Hand' },
  PARTNER: { en: "because the partner's own data changed", de: 'Aufgrund geänderter Partnerdaten' },
};

/** How a tier is held, as the middle of a sentence. */
const HOLDS: Readonly<Record<HoldReason, Wording>> = {
  OVERRIDE: { en: 'is set by hand', de: 'ist von Hand festgelegt' },
  TRANSITION: { en: 'is kept by the transition', de: 'bleibt durch die Übergangsregelung erhalten' },
  LOCK: { en: 'is protected since the last promotion', de: 'ist seit dem letzten Aufstieg geschützt' },
  GRACE: { en: 'is kept for a period of grace', de: 'bleibt während der Kulanzfrist erhalten' },
  DELAY: {
    en: 'stays until the higher tier has been met for long enough',
    de: 'bleibt, bis die höhere Stufe lange genug erreicht ist',
  },
  REVIEW: { en: 'stays until a review decides', de: 'bleibt, bis eine Überprüfung entscheidet' },
  INSUFFICIENT_DATA: {
    en: "is kept while the data can't decide it",
    de: 'bleibt erhalten, solange die Daten nicht ausreichen',
  },
};

const HOLD_NAMES: Readonly<Record<HoldReason, Wording>> = {
  OVERRIDE: { en: 'The tier set by hand', de: 'Die Festlegung von Hand' },
  TRANSITION: { en: 'The transition', de: 'Die Übergangsregelung' },
  LOCK: { en: 'The protection since the last promotion', de: 'Der Schutz seit dem letzten Aufstieg' },
  GRACE: { en: 'The period of grace', de: 'Die Kulanzfrist' },
  DELAY: { en: 'The wait for promotion', de: 'Das Warten auf den Aufstieg' },
  REVIEW: { en: 'The wait for a review', de: 'Das Warten auf eine Überprüfung' },
  INSUFFICIENT_DATA: { en: 'The time without enough data', de: 'Die Zeit ohne ausreichende Daten' },
};

/**
 * One or two sentences that say what changed, when and why. `rulebooks` has to contain those that the change
 * names.
 */
export function explainChange(
  change: Change,
  rulebooks: readonly PublishedRulebook[],
  locale: Locale,
): string {
  const { detail } = change;
  switch (detail.type) {
    case 'TierChanged':
      return explainTier(change, detail, rulebooks, locale);
    case 'SpecializationEarned':
    case 'SpecializationLapsed':
      return explainSpecialization(change, detail, rulebooks, locale);
    case 'HoldStarted': {
      const tier = tierName(rulebooks, change.rulebookId, detail.tier, locale);
      const computed = tierName(rulebooks, change.rulebookId, detail.computedTier, locale);
      return languageOf(locale) === 'de'
        ? `${tier} ${HOLDS[detail.hold.reason].de}, ${endOf(detail.hold, locale)}; errechnet ist ${computed}.`
        : `${tier} ${HOLDS[detail.hold.reason].en}, ${endOf(detail.hold, locale)}; computed is ${computed}.`;
    }
    case 'HoldEnded':
      return explainHoldEnded(change, detail, rulebooks, locale);
    case 'TierAtRisk':
      return explainRisk(change, detail, rulebooks, locale);
    case 'RiskCleared':
      return languageOf(locale) === 'de'
        ? 'Der Status ist nicht mehr gefährdet.'
        : 'The tier is no longer at risk.';
    case 'HistoryRevised': {
      const from = displayDay(detail.fromOn, locale);
      const to = displayDay(detail.untilOn - 1, locale);
      const cause = causeOf(change, rulebooks, locale);
      return languageOf(locale) === 'de'
        ? `${cause} werden die Tage vom ${from} bis zum ${to} nun anders beurteilt.`
        : `The days from ${from} to ${to} are now judged differently ${cause}.`;
    }
  }
}

/** The rulebook whose withdrawal a change is put down to; undefined if it is another cause. */
function withdrawnBehind(
  { trigger, rulebookId, previousRulebookId }: Change,
  rulebooks: readonly PublishedRulebook[],
): PublishedRulebook | undefined {
  const withdrawn = rulebooks.find(({ id }) => id === previousRulebookId);
  const counting = rulebooks.find(({ id }) => id === rulebookId);
  const isWithdrawal =
    trigger === 'RULEBOOK' &&
    withdrawn !== undefined &&
    // Rulebooks take effect one after the other, so that nothing but a withdrawal leads back, or to none.
    (rulebookId === null || (counting !== undefined && counting.effectiveFrom < withdrawn.effectiveFrom));
  return isWithdrawal ? withdrawn : undefined;
}

/**
 * What a change is put down to, as a part of a sentence: at its beginning in German, at its end in English.
 */
function causeOf(change: Change, rulebooks: readonly PublishedRulebook[], locale: Locale): string {
  const withdrawn = withdrawnBehind(change, rulebooks);
  if (withdrawn === undefined) return CAUSES[change.trigger][languageOf(locale)];
  const day = displayDay(withdrawn.effectiveFrom, locale);
  return languageOf(locale) === 'de'
    ? `Durch die Rücknahme des Regelwerks vom ${day}`
    : `because the rulebook of ${day} was withdrawn`;
}

function explainTier(
  change: Change,
  { from, to, direction, since }: Detail<'TierChanged'>,
  rulebooks: readonly PublishedRulebook[],
  locale: Locale,
): string {
  const { on, rulebookId, previousRulebookId } = change;
  const isGerman = languageOf(locale) === 'de';
  const day = displayDay(on, locale);
  const before = from === null ? '' : tierName(rulebooks, previousRulebookId, from, locale);
  const after = to === null ? '' : tierName(rulebooks, rulebookId, to, locale);
  const cause = causeOf(change, rulebooks, locale);
  const sentence = {
    UP: isGerman
      ? `${cause} stieg der Status am ${day} von ${before} auf ${after}.`
      : `On ${day} the tier rose from ${before} to ${after} ${cause}.`,
    DOWN: isGerman
      ? `${cause} sank der Status am ${day} von ${before} auf ${after}.`
      : `On ${day} the tier fell from ${before} to ${after} ${cause}.`,
    REMAPPED: isGerman
      ? `${cause} heißt der Status ${before} seit dem ${day} ${after}.`
      : `On ${day} the tier ${before} became ${after} ${cause}.`,
    ENTERED: isGerman
      ? `Am ${day} erhielt der Partner den Status ${after}.`
      : `On ${day} the partner received the tier ${after}.`,
    LEFT: isGerman
      ? `${cause} endete der Status ${before} am ${day}.`
      : `On ${day} the tier ${before} ended ${cause}.`,
  }[direction];
  if (since >= on) return sentence;
  const earlier = displayDay(since, locale);
  return isGerman
    ? `${sentence} Nach heutigem Stand gilt das seit dem ${earlier}.`
    : `${sentence} By what is known now this holds since ${earlier}.`;
}

function explainSpecialization(
  change: Change,
  { type, specialization }: Detail<'SpecializationEarned'> | Detail<'SpecializationLapsed'>,
  rulebooks: readonly PublishedRulebook[],
  locale: Locale,
): string {
  const { on, rulebookId, previousRulebookId } = change;
  const day = displayDay(on, locale);
  const cause = causeOf(change, rulebooks, locale);
  const isEarned = type === 'SpecializationEarned';
  const definedIn = isEarned ? rulebookId : previousRulebookId;
  const name = specializationName(rulebooks, definedIn, specialization, locale);
  if (locale === 'en') {
    return `On ${day} the specialization ${name} ${isEarned ? 'was earned' : 'lapsed'} ${cause}.`;
  }
  return isEarned
    ? `${cause} wurde die Spezialisierung ${name} am ${day} erreicht.`
    : `${cause} erlosch die Spezialisierung ${name} am ${day}.`;
}

function explainHoldEnded(
  change: Change,
  { hold, ending, computedTier }: Detail<'HoldEnded'>,
  rulebooks: readonly PublishedRulebook[],
  locale: Locale,
): string {
  const { on, rulebookId } = change;
  const name = HOLD_NAMES[hold.reason][languageOf(locale)];
  const isGerman = languageOf(locale) === 'de';
  const day = displayDay(on, locale);
  if (ending === 'OVER' || computedTier === null) {
    // It may have begun on this very day, so no day is called its last one. A tier set by hand is not ended
    // by a withdrawal.
    if (withdrawnBehind(change, rulebooks) === undefined) {
      return isGerman ? `${name} ist seit dem ${day} vorbei.` : `${name} ended on ${day}.`;
    }
    const cause = causeOf(change, rulebooks, locale);
    return isGerman
      ? `${cause} spielt ${name.charAt(0).toLowerCase()}${name.slice(1)} seit dem ${day} keine Rolle mehr.`
      : `${name} no longer matters as of ${day} ${cause}.`;
  }
  const computed = tierName(rulebooks, rulebookId, computedTier, locale);
  return isGerman
    ? `${name} spielt seit dem ${day} keine Rolle mehr: Errechnet ist nun ${computed}.`
    : `${name} no longer matters as of ${day}: computed is now ${computed}.`;
}

function explainRisk(
  { rulebookId }: Change,
  { from, tier, tierRulebookId, on }: Detail<'TierAtRisk'>,
  rulebooks: readonly PublishedRulebook[],
  locale: Locale,
): string {
  const before = tierName(rulebooks, rulebookId, from, locale);
  const after = tierName(rulebooks, tierRulebookId, tier, locale);
  const day = displayDay(on, locale);
  return languageOf(locale) === 'de'
    ? `Der Status sinkt am ${day} von ${before} auf ${after}, wenn bis dahin nichts Neues erfasst wird.`
    : `The tier falls from ${before} to ${after} on ${day} if nothing new is recorded by then.`;
}

/** `until` is the first day without the hold, so people read the day before as its last one in German. */
function endOf({ until }: Hold, locale: Locale): string {
  if (until === null) return languageOf(locale) === 'de' ? 'bis auf Weiteres' : 'until further notice';
  return languageOf(locale) === 'de'
    ? `bis einschließlich ${displayDay(until - 1, locale)}`
    : `up to and including ${displayDay(until - 1, locale)}`;
}

function tierName(
  rulebooks: readonly PublishedRulebook[],
  rulebookId: string | null,
  code: string,
  locale: Locale,
): string {
  const published = rulebooks.find(({ id }) => id === rulebookId);
  const tier = published?.rulebook.tiers.find((each) => each.code === code);
  return tier === undefined ? code : textIn(tier.name, locale);
}

function specializationName(
  rulebooks: readonly PublishedRulebook[],
  rulebookId: string | null,
  code: string,
  locale: Locale,
): string {
  const published = rulebooks.find(({ id }) => id === rulebookId);
  const found = published?.rulebook.specializations.find((each) => each.code === code);
  return found === undefined ? code : textIn(found.name, locale);
}
