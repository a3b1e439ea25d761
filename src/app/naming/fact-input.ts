import type { FactType } from '../../engine/rulebook/fact-type.ts';

/** A fact on its way in, as the sender wrote it: days and decimals are still text. */
export type FactInput = {
  readonly externalId: string;
  /** The partner's external reference. */
  readonly partner: string;
  readonly occurredOn: string;
  readonly detail: FactDetailInput;
};

export type AttributeInput = { readonly name: string; readonly value: string };

type WithAttributes = { readonly attributes: readonly AttributeInput[] };

/** What facts of each type say. */
type Details = {
  readonly revenue: {
    readonly amount: string;
    readonly currency: string;
    readonly customer?: string | null;
  };
  readonly certification: {
    readonly person: string;
    readonly credential: string;
    readonly expiresOn: string | null;
  };
  readonly satisfaction: {
    readonly score: string;
    readonly customer: string | null;
    readonly respondent: string | null;
  };
  readonly measurement: {
    readonly kind: string;
    readonly value: string;
    readonly subject: string | null;
    readonly expiresOn: string | null;
  };
};

export type FactDetailInput = {
  [Type in FactType]: { readonly type: Type } & Details[Type] & WithAttributes;
}[FactType];

/**
 * Why a row was refused: `path` is its place in the sent input, for example `facts[3].detail.revenue.amount`.
 */
export type RowRejection = {
  readonly code: RowRejectionCode;
  readonly path: string;
  readonly message: string;
};

const ROW_REJECTION_CODES = [
  'INVALID_VALUE',
  'UNKNOWN_PARTNER',
  'UNKNOWN_CURRENCY',
  'UNKNOWN_KIND',
  'CONFLICT',
  'TOO_MANY_ITEMS',
] as const;
export type RowRejectionCode = (typeof ROW_REJECTION_CODES)[number];
