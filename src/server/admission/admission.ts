import { GraphQLError, getVariableValues } from 'graphql';
import type { Session } from '../../app/access/authenticate.ts';
import type { Caller } from '../request/caller.ts';
import type { FindSizes } from '../request/cost-formula.ts';
import type { Documents } from '../request/documents.ts';
import { badRequest, type GraphRequest } from '../request/graph-request.ts';
import type { Balance, Operation } from '../request/operation.ts';
import { charactersIn, type Readable, readingCost } from '../request/reading-cost.ts';
import { type Limits, limitExceeded } from '../settings/limits.ts';
import type { Log } from '../settings/log.ts';
import type { Metrics } from '../settings/metrics.ts';
import { maskError } from './mask-error.ts';
import type { Budgets } from './rate-limit.ts';

/** How many wrong variables are reported at once. */
const MOST_ERRORS = 20;
const RATE_CODE = 'RATE_LIMITED';
/** In characters. */
const LONGEST_MESSAGE = 1_000;

export type Admission = { readonly ok: true; readonly operation: Operation } | Refusal;

type Refusal = { readonly ok: false; readonly errors: readonly GraphQLError[] };

/** Decides, before anything is executed, whether a request may be. */
export type AdmissionControl = {
  /**
   * Checks document, variables and cost, and pays for the operation from the caller's budget; never throws.
   */
  admit(request: GraphRequest, caller: Caller, allowed: { readonly mutations: boolean }): Admission;
};

type Options = {
  readonly documents: Documents;
  readonly limits: Limits;
  readonly budgets: Budgets;
  /** What objects may come to that a caller is given; nothing is known if left out. */
  readonly sizes?: (session: Session | null) => FindSizes;
  readonly log: Log;
  readonly metrics: Metrics;
};

/** Makes the admission control that every transport's requests go through. */
export function createAdmissionControl({
  documents,
  limits,
  budgets,
  sizes = () => () => [],
  log,
  metrics,
}: Options): AdmissionControl {
  const refused = metrics.counter('tiergraph_refused_total', 'Operations that were not executed, by code.');

  const check = (request: GraphRequest, { identity, session }: Caller, mutations: boolean): Admission => {
    let reading = 0;
    const pay = (what: Readable): void => {
      const price = readingCost(what, limits.costs);
      if (price === 0) return;
      const balance = identity === null ? null : budgets.spend(identity, price);
      if (balance !== null && balance.waitMs > 0) throw tooFast(price, balance);
      reading += price;
    };
    pay({ type: 'VALUES', characters: charactersIn(request.variables) });
    const found = documents.prepare(request, pay);
    if (!found.ok) return found;
    const { operation: prepared } = found;
    const { schema, node } = prepared;
    if (node.operation === 'mutation' && !mutations) {
      return refusal(badRequest('A mutation can only be sent by POST.', 405, { allow: 'POST' }));
    }
    const rawVariables = request.variables;
    const read = getVariableValues(schema, node.variableDefinitions ?? [], rawVariables, {
      maxErrors: MOST_ERRORS,
    });
    if (read.errors !== undefined) return { ok: false, errors: read.errors };
    const variables = read.variableValues;
    const requested = prepared.cost(variables, sizes(session));
    const maximum = limits.cost;
    if (requested > maximum) return refusal(limitExceeded('cost', maximum, requested));
    const balance = identity === null ? null : budgets.spend(identity, requested);
    if (balance !== null && balance.waitMs > 0) return refusal(tooFast(requested, balance));
    const cost = { requested, maximum, reading, balance };
    return { ok: true, operation: { prepared, rawVariables, variables, cost } };
  };

  const count = (refusal: Refusal): Refusal => {
    refused.add({ code: String(refusal.errors[0]?.extensions.code) });
    return refusal;
  };

  return {
    admit(request, caller, { mutations }) {
      const { requestId, identity } = caller;
      const mask = (error: unknown): GraphQLError =>
        shorten(
          maskError(error, requestId, (cause) =>
            log.error({ requestId, err: cause }, 'An operation could not be prepared.'),
          ),
        );
      try {
        const admission = check(request, caller, mutations);
        if (admission.ok) return admission;
        // A caller that is denied pays nothing, since it would otherwise never be admitted again.
        const isTooEarly = admission.errors[0]?.extensions.code === RATE_CODE;
        if (identity !== null && !isTooEarly) budgets.charge(identity, limits.costs.refused);
        return count({ ok: false, errors: admission.errors.map(mask) });
      } catch (error) {
        return count(refusal(mask(error)));
      }
    },
  };
}

/** Messages repeat input, which may be a megabyte. */
function shorten(error: GraphQLError): GraphQLError {
  if (error.message.length <= LONGEST_MESSAGE) return error;
  const { extensions, source, positions, nodes } = error;
  return new GraphQLError(`${error.message.slice(0, LONGEST_MESSAGE)}…`, {
    extensions,
    source: source ?? null,
    positions: positions ?? null,
    nodes: nodes ?? null,
  });
}

function refusal(error: GraphQLError): Refusal {
  return { ok: false, errors: [error] };
}

function tooFast(requested: number, { capacity, perSecond, remaining, waitMs }: Balance): GraphQLError {
  return new GraphQLError(
    `The operation costs ${requested} and ${remaining} of ${capacity} is left, to which ${perSecond} are added each second: try again in ${waitMs} ms.`,
    {
      extensions: {
        code: RATE_CODE,
        limit: 'budget',
        requested,
        remaining,
        capacity,
        perSecond,
        retryAfterMs: waitMs,
        http: { status: 429, headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) } },
      },
    },
  );
}
