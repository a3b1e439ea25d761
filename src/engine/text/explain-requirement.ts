import type { RequirementProof } from '../judging/standing.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import { type Locale, languageOf, textIn } from '../values/language.ts';
import { counted, displayDay } from './display.ts';
import { explainThreshold } from './explain-threshold.ts';
import { withinSentence } from './within-sentence.ts';

type Proof<Type extends RequirementProof['type']> = Extract<RequirementProof, { readonly type: Type }>;

/** How many items a sentence names. */
const MOST_ITEMS_NAMED = 20;

/** One or two sentences that say what the requirement asks for, what there is, and what is missing. */
export function explainRequirement(proof: RequirementProof, rulebook: Rulebook, locale: Locale): string {
  const explained = explain(proof, rulebook, locale);
  if (!proof.assumed || proof.type === 'THRESHOLD') return explained;
  const isMet = proof.outcome === 'MET';
  return languageOf(locale) === 'de'
    ? `${explained} Die Daten entscheiden das nicht, es gilt als ${isMet ? 'erfüllt' : 'nicht erfüllt'}.`
    : `${explained} The data do not decide it, which counts as ${isMet ? 'met' : 'not met'}.`;
}

function explain(proof: RequirementProof, rulebook: Rulebook, locale: Locale): string {
  switch (proof.type) {
    case 'THRESHOLD':
      return `${needs(proof, rulebook, locale)} ${explainThreshold(proof, rulebook, locale)}`;
    case 'COMPOSITE':
      return explainComposite(proof, rulebook, locale);
    case 'SPECIALIZATION':
      return explainSpecialization(proof, rulebook, locale);
    case 'NAMED':
      return explainNamed(proof, rulebook, locale);
    case 'HELD':
      return explainHeld(proof, rulebook, locale);
    case 'PERSONS':
      return explainPersons(proof, rulebook, locale);
    case 'FOR_EACH':
      return explainForEach(proof, rulebook, locale);
  }
}

function explainComposite(proof: Proof<'COMPOSITE'>, rulebook: Rulebook, locale: Locale): string {
  const { rule, needed, met, parts } = proof;
  const count = parts.length;
  const mandatory = rule === 'AT_LEAST' ? parts.filter((part) => part.mandatory).length : 0;
  const areSpecializations = parts.every((part) => part.proof.type === 'SPECIALIZATION');
  const lead = needs(proof, rulebook, locale);
  if (languageOf(locale) === 'de') {
    const [one, many] = areSpecializations
      ? ['Spezialisierung', 'Spezialisierungen']
      : ['Bedingung', 'Bedingungen'];
    const asked = {
      ALL: count === 1 ? `die ${one}` : `alle ${count} ${many}`,
      ANY: `eine von ${count} ${many}`,
      AT_LEAST: `mindestens ${needed} von ${count} ${many}`,
    }[rule];
    const among = mandatory === 0 ? '' : `, darunter ${mandatory} zwingend`;
    return `${lead} ${asked}${among}; ${areSpecializations ? 'vorhanden' : 'erfüllt'} ${met === 1 ? 'ist' : 'sind'} ${met}.`;
  }
  const [one, many] = areSpecializations
    ? ['specialization', 'specializations']
    : ['condition', 'conditions'];
  const asked = {
    ALL: count === 1 ? `its ${one}` : `all ${count} ${many}`,
    ANY: `one of ${count} ${many}`,
    AT_LEAST: `at least ${needed} of ${count} ${many}`,
  }[rule];
  const among = mandatory === 0 ? '' : `, ${mandatory} of them mandatory`;
  return `${lead} ${asked}${among}; ${met} ${met === 1 ? 'is' : 'are'} ${areSpecializations ? 'held' : 'met'}.`;
}

function explainSpecialization(proof: Proof<'SPECIALIZATION'>, rulebook: Rulebook, locale: Locale): string {
  const { specialization } = proof;
  const { outcome } = proof.proof;
  const named = rulebook.specializations.find(({ code }) => code === specialization);
  const name = named === undefined ? specialization : textIn(named.name, locale);
  const lead = needs(proof, rulebook, locale);
  if (languageOf(locale) === 'de') {
    const state = { MET: 'vorhanden', UNMET: 'sie fehlt', INSUFFICIENT_DATA: 'noch nicht entscheidbar' }[
      outcome
    ];
    return `${lead} Spezialisierung ${name}; ${state}.`;
  }
  const state = { MET: 'it is held', UNMET: 'it is not held', INSUFFICIENT_DATA: "it can't be decided yet" }[
    outcome
  ];
  return `${lead} the specialization ${name}; ${state}.`;
}

function explainNamed(proof: Proof<'NAMED'>, rulebook: Rulebook, locale: Locale): string {
  const lead = needs(proof, rulebook, locale);
  const name = textIn(proof.name, locale);
  const { outcome } = proof.proof;
  if (languageOf(locale) === 'de') {
    const state = { MET: 'erfüllt', UNMET: 'nicht erfüllt', INSUFFICIENT_DATA: 'noch nicht entscheidbar' }[
      outcome
    ];
    return `${lead} ${name}; ${state}.`;
  }
  const state = { MET: 'it is met', UNMET: 'it is not met', INSUFFICIENT_DATA: "it can't be decided yet" }[
    outcome
  ];
  return `${lead} ${withinSentence(proof.name, locale)}; ${state}.`;
}

/** For how long the tier has been held, and from when on that is long enough. */
function explainHeld(
  { tier, length, since, days, metOn, outcome, ...proof }: Proof<'HELD'>,
  rulebook: Rulebook,
  locale: Locale,
): string {
  const isGerman = languageOf(locale) === 'de';
  const isMet = outcome === 'MET';
  const lead = needs(proof, rulebook, locale);
  const named = rulebook.tiers.find(({ code }) => code === tier);
  const name = named === undefined ? tier : textIn(named.name, locale);
  const until = metOn === null ? '' : displayDay(metOn, locale);
  if ('total' in length) {
    const asked = counted(length.total.days, isGerman ? ['Tag', 'Tagen'] : ['day', 'days']);
    const there = counted(days, isGerman ? ['Tag', 'Tage'] : ['day', 'days']);
    if (isGerman) {
      const rest = isMet ? '' : `, ununterbrochen erreicht ab dem ${until}`;
      return `${lead} ${name} oder höher an insgesamt ${asked}; bisher ${there}${rest}.`;
    }
    const rest = isMet ? '' : `; without a break that is enough on ${until}`;
    return `${lead} ${name} or higher on ${asked} in all; so far ${there}${rest}.`;
  }
  const asked = counted(length.for.months, isGerman ? ['Monat', 'Monaten'] : ['month', 'months']);
  if (isGerman) {
    const state = since === null ? 'bisher nicht gehalten' : `gehalten seit ${displayDay(since, locale)}`;
    const rest = isMet ? '' : `, ununterbrochen erreicht ab dem ${until}`;
    return `${lead} ${name} oder höher seit mindestens ${asked} ohne Unterbrechung; ${state}${rest}.`;
  }
  const state =
    since === null ? 'it is not held so far' : `it has been held since ${displayDay(since, locale)}`;
  const rest = isMet ? '' : `; without a break that is enough on ${until}`;
  return `${lead} ${name} or higher for at least ${asked} without a break; ${state}${rest}.`;
}

function explainPersons(proof: Proof<'PERSONS'>, rulebook: Rulebook, locale: Locale): string {
  const { slots, required, filled } = proof;
  const lead = needs(proof, rulebook, locale);
  const list = (counts: readonly (readonly [count: number, name: string])[]) =>
    counts.flatMap(([count, name]) => (count === 0 ? [] : [`${count} ${name}`])).join(', ');
  const asked = list(slots.map((slot) => [slot.required, textIn(slot.name, locale)]));
  const open = list(slots.map((slot) => [slot.required - slot.persons.length, textIn(slot.name, locale)]));
  const missing = required - filled;
  if (languageOf(locale) === 'de') {
    const people =
      required === 1
        ? 'eine Person mit gültigem Zertifikat'
        : `${required} verschiedene Personen mit gültigem Zertifikat`;
    const state =
      missing === 0
        ? 'alle Plätze sind besetzt'
        : `${filled} ${filled === 1 ? 'ist' : 'sind'} da, es ${missing === 1 ? 'fehlt' : 'fehlen'}: ${open}`;
    return `${lead} ${people} (${asked}); ${state}.`;
  }
  const people =
    required === 1
      ? 'a person with a valid certification'
      : `${required} different persons with a valid certification`;
  const state =
    missing === 0
      ? 'every place is filled'
      : `${filled} ${filled === 1 ? 'is' : 'are'} there, missing: ${open}`;
  return `${lead} ${people} (${asked}); ${state}.`;
}

function explainForEach(proof: Proof<'FOR_EACH'>, rulebook: Rulebook, locale: Locale): string {
  const { rule, needed, met, items, itemsOf } = proof;
  const lead = needs(proof, rulebook, locale);
  const field = itemsOf.replace(/^attributes\./, '');
  const open = items.filter((each) => each.proof.outcome !== 'MET').map(({ item }) => item);
  const enough = proof.outcome === 'MET' || open.length === 0;
  if (languageOf(locale) === 'de') {
    const asked = { ALL: 'für jeden', ANY: 'für einen', AT_LEAST: `für mindestens ${needed}` }[rule];
    const rest = enough ? '' : `, offen: ${firstOf(open, locale)}`;
    return `${lead} die Bedingung ${asked} von ${items.length} Werten von ${field}; erfüllt für ${met}${rest}.`;
  }
  const asked = { ALL: 'each', ANY: 'one', AT_LEAST: `at least ${needed}` }[rule];
  const rest = enough ? '' : `, open: ${firstOf(open, locale)}`;
  return `${lead} the condition for ${asked} of ${items.length} values of ${field}; met for ${met}${rest}.`;
}

/** The items that are named, and how many are not. */
function firstOf(items: readonly string[], locale: Locale): string {
  const named = items.slice(0, MOST_ITEMS_NAMED).join(', ');
  const more = items.length - MOST_ITEMS_NAMED;
  if (more <= 0) return named;
  return languageOf(locale) === 'de' ? `${named} und ${more} weitere` : `${named} and ${more} more`;
}

/**
 * The subject: the tier, specialization or named requirement to which the requirement belongs, and the item
 * that it is judged for.
 */
function needs(
  { path, item }: Pick<RequirementProof, 'path' | 'item'>,
  rulebook: Rulebook,
  locale: Locale,
): string {
  const named = ownerOf(path, rulebook);
  const owner = named && textIn(named.name, locale);
  if (languageOf(locale) === 'de') {
    const who = owner === undefined ? 'Nötig' : `Für ${owner} nötig`;
    return item === null ? `${who}:` : `${who} bei ${item}:`;
  }
  const who = owner === undefined ? 'The requirement asks for' : `${owner} needs`;
  return item === null ? who : `For ${item}, ${who}`;
}

/** The tier, the specialization or the named requirement that a place of the document belongs to. */
function ownerOf(path: string, { tiers, specializations, requirements }: Rulebook) {
  const [, list, key = ''] = path.split('/');
  switch (list) {
    case 'tiers':
      return tiers[Number(key)];
    case 'specializations':
      return specializations[Number(key)];
    case 'requirements':
      return requirements.get(key);
    default:
      return undefined;
  }
}
