/** An attribute of a fact, as GraphQL takes it. */
export type DemoAttribute = { readonly name: string; readonly value: string };

/**
 * A partner of the demo base; days are ISO dates, `parent` is another partner's reference, listed before this
 * one.
 */
export type DemoPartner = {
  readonly externalRef: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly region: string;
  readonly parent: string | null;
  readonly enrolledOn: string;
};

/** The part of a fact that depends on its kind: exactly the shape of GraphQL's `FactDetailInput`. */
export type DemoFactDetail =
  | {
      readonly revenue: {
        readonly amount: string;
        readonly currency: string;
        readonly attributes?: readonly DemoAttribute[];
      };
    }
  | {
      readonly certification: {
        readonly person: string;
        readonly credential: string;
        readonly expiresOn: string;
      };
    }
  | {
      readonly satisfaction: {
        readonly score: string;
        readonly customer: string;
        readonly respondent: string;
      };
    };

/** A fact of the demo base: GraphQL's `FactInput` with the source that its batch names. */
export type DemoFact = {
  readonly source: string;
  readonly externalId: string;
  /** The partner's external reference. */
  readonly partner: string;
  readonly occurredOn: string;
  readonly detail: DemoFactDetail;
};

/** Partners, parents before their affiliates, and their facts, partner by partner. */
export type DemoBase = { readonly partners: readonly DemoPartner[]; readonly facts: readonly DemoFact[] };

/** The source of every generated fact; external ids say which of the partner's systems it came from. */
export const DEMO_SOURCE = 'demo';

/** A number as text of at least `digits` digits: 3, 5 -> `00003`. */
export function padNumber(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}

/** An amount in cents as a decimal without needless zeros: 1250 -> `12.5`. */
export function centsToDecimal(cents: number): string {
  const sign = cents < 0 ? '-' : '';
  const whole = Math.floor(Math.abs(cents) / 100);
  const fraction = padNumber(Math.abs(cents) % 100, 2).replace(/0+$/, '');
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}
