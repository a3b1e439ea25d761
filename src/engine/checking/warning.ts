export const WARNING_CODES = ['UNUSED', 'OUT_OF_ORDER', 'DROPS_AT_ONCE', 'MORE_MAY_LOWER'] as const;
/**
 * UNUSED: nothing asks for it. OUT_OF_ORDER: a tier asks for less of something than one below it.
 * DROPS_AT_ONCE: a window begins anew on one day for all partners, and a tier is lost at once.
 * MORE_MAY_LOWER: more facts, none of them with a value below 0, may lower the computed tier.
 */
export type WarningCode = (typeof WARNING_CODES)[number];

/** Something in a document that is allowed and may not be meant; `path` is its place. */
export type Warning = { readonly code: WarningCode; readonly path: string; readonly message: string };
