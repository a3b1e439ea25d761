/**
 * How large a rulebook document may be, all in one place. They are counted when a draft is saved and when it
 * is published; what was published before is judged whatever it has, up to `partsJudged`. Lengths of texts
 * are in characters.
 */
export const RULEBOOK_LIMITS = {
  /** Bytes of the document as JSON without spaces. */
  bytes: 262_144,
  /** Lists and objects of the document within one another. */
  nesting: 200,
  /** Measures and requirements within one another, those meant by a name included. */
  depth: 64,
  /**
   * The size of the document with everything expanded wherever it is used: measures, requirements and
   * specializations, their filters, steps, regions and places for persons, and the body of each forEach for
   * `itemsAssumed` items.
   */
  parts: 5_000,
  /** The same for a rulebook that is published already: no partner is judged by a larger one. */
  partsJudged: 50_000,
  /** What the depth may be of a rulebook that was published already. */
  depthJudged: 500,
  /**
   * The size of what is judged for one item, in all forEachs of the document together, with everything
   * expanded where it is used: a partner may have up to `items` items, and each is judged on every day on
   * which a number changes.
   */
  partsPerItem: 300,
  /**
   * How many items the body of a forEach is counted for. A partner with `items` of them takes up to 20 times
   * as much.
   */
  itemsAssumed: 10,
  /**
   * How many different values of a forEach's dimension the facts of a partner (and of its family, where
   * families count) may have. Void facts, and kinds that do not define items, are not counted. Writes that
   * would bring more are refused, and so are rulebooks that would find more. What was recorded before is
   * judged in any case.
   */
  items: 200,
  /** The same for a measure over items, which has only a number for each. */
  itemsOver: 1_000,

  tiers: 50,
  /** Languages of one name. */
  languages: 100,
  specializations: 100,
  /** Measures with a name. */
  measures: 500,
  /** Requirements with a name. */
  namedRequirements: 200,
  /** Different metrics that are counted, those within each forEach apart. */
  metrics: 100,
  /** Groups of persons that are assigned, those within each forEach apart. */
  groups: 50,
  forEachs: 20,
  /**
   * Different times for which tiers have to have been held: the answer to each is looked for on each day on
   * which a number changes.
   */
  heldSpans: 20,
  /**
   * Requirements as they are written, those within others included: on each day on which a number changes
   * they are judged.
   */
  requirements: 1_000,

  /** Measures that one is calculated from. */
  measureParts: 100,
  /** Requirements that one is made of. */
  requirementParts: 100,
  /** Slots of a group of persons. */
  slots: 50,
  /** Persons that one slot asks for. */
  personsPerSlot: 1_000,
  /** Persons that all slots of a group ask for. */
  persons: 1_000,
  /** Filters of a metric or a slot. */
  filters: 20,
  /** Texts that a filter compares with. */
  comparedTexts: 1_000,
  /** Fields that DISTINCT combines. */
  keys: 10,
  /** Steps of points. */
  steps: 200,
  /** Regions, or values of what else a number differs by, with a number of their own. */
  variedNumbers: 300,
  currencyTables: 500,
  currencies: 200,
  remappedTiers: 200,
  scenarios: 200,
  /** Facts as they are written, each of which may count several times. */
  scenarioFacts: 200,
  /** Facts of all scenarios together, each as often as it counts. */
  countedFacts: 20_000,
  scenarioAttributes: 20,
  scenarioOutcomes: 100,
  /** Days of a review calendar. */
  daysOfYear: 366,
  daysOfMonth: 31,

  note: 2_000,
  names: 200,
  comparedText: 200,
  /** The name of a field, such as `attributes.area`. */
  field: 100,

  /** Problems that are told of one document. */
  problems: 100,
  /** How much of a place, and of what is wrong there, is told. */
  problemText: 300,
  /** How much of a text from the document is repeated in a sentence. */
  quotedText: 64,
} as const;

/** What a programme may have besides its rulebooks. Lengths are in characters. */
export const PROGRAM_LIMITS = {
  names: 200,
  units: 64,
  measurementKinds: 100,
  /** Rulebooks that are saved and not published. */
  drafts: 100,
  /**
   * Rulebooks that are published and not withdrawn: each partner is judged by all of them, each for its days.
   */
  rulebooks: 200,
} as const;
