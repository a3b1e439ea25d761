import type { ExecutionResult } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContext } from '../../../schema/base/context.ts';
import { schema } from '../../../schema/index.ts';
import { recordFacts } from '../../../src/app/writing/record-facts.ts';
import { createRandom } from '../../../src/demo/random.ts';
import { createAdmissionControl } from '../../../src/server/admission/admission.ts';
import { createBudgets } from '../../../src/server/admission/rate-limit.ts';
import { createExecution, type Execution } from '../../../src/server/execution/execution.ts';
import { createDocuments } from '../../../src/server/request/documents.ts';
import { DEFAULT_LIMITS } from '../../../src/server/settings/limits.ts';
import { createMetrics } from '../../../src/server/settings/metrics.ts';
import { certificate, createSmallProgram, enroll, granted, revenue } from '../../support/fixtures.ts';
import { long } from '../../support/long.ts';
import { openTestApp } from '../../support/test-app.ts';
import { anyRequest } from '../support/any-request.ts';

const CALLER = { requestId: 'test', session: null, identity: null, isGone: () => false, interrupt() {} };

const DOCUMENTS = long(150, 600);
let opened: Awaited<ReturnType<typeof openTestApp>>;

beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.UTC(2026, 10, 23, 12) });
  const { app } = opened;
  await createSmallProgram(app, 'connect');
  await enroll(app, ['P-00001', 'P-00002', 'P-00003'], 'connect');
  const facts = [
    revenue('1', 'P-00001', '150', '2026-06-01'),
    revenue('2', 'P-00002', '40', '2026-06-01'),
    certificate('3', 'P-00001', 'ann', '2026-06-01', '2027-01-01'),
  ];
  granted(await recordFacts(app, { program: 'connect', source: 'crm', facts, onError: 'REJECT_ALL' }));
});

afterAll(() => opened.close());

test('any query is answered compiled as it is by graphql-js', async () => {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const limits = DEFAULT_LIMITS;
  const documents = createDocuments({ schema, limits, trusted: { texts: new Map(), only: false } });
  const admissionControl = createAdmissionControl({
    documents,
    limits,
    budgets: createBudgets(limits.budget, () => 0),
    log,
    metrics: createMetrics(),
  });
  const execute = (compileAfter: number): Execution =>
    createExecution({
      context: () => createContext({ ...opened, requestId: 'test' }),
      operationMs: limits.operationMs,
      answerBytes: 8_388_608,
      costly: { cost: 500, atOnce: 2, waiting: 200 },
      compileAfter,
      pay: () => 0,
      log,
      metrics: createMetrics(),
    });
  const [plain, compiled] = [execute(Number.POSITIVE_INFINITY), execute(0)];
  const { next } = createRandom('compiled', process.env.HOSTILE_SEED ?? 1);

  let answered = 0;
  for (let index = 0; index < DOCUMENTS; index++) {
    const { query, variables } = anyRequest(schema, next);
    if (!query.startsWith('query')) continue;
    const request = {
      text: query,
      id: null,
      operationName: null,
      variables: JSON.parse(JSON.stringify(variables)),
    };
    const admission = admissionControl.admit(request, CALLER, { mutations: false });
    if (!admission.ok) continue;
    const [one, other] = [
      await plain.execute(admission.operation, CALLER),
      await compiled.execute(admission.operation, CALLER),
    ];
    const [plainly, fast] = [seen(one), seen(other)];
    expect(fast.rest, query).toEqual(plainly.rest);
    // Where a null has spread, which of the errors below it are told is a matter of which came first.
    const [told, toldFast] = [plainly, fast].map(({ errors }) => ({
      shown: errors.filter(({ path }) => nullAbove(one.data, path) === null),
      nulls: new Set(errors.map(({ path }) => nullAbove(one.data, path)).filter((above) => above !== null)),
    }));
    expect(inOrder(toldFast?.shown), query).toEqual(inOrder(told?.shown));
    expect(toldFast?.nulls, query).toEqual(told?.nulls);
    if (JSON.stringify(one.data).length > 200) answered += 1;
  }
  expect(answered).toBeGreaterThan(DOCUMENTS / 20);
}, 120_000);

type SeenError = { readonly path: readonly (string | number)[] };

/** As a client sees it. */
function seen(result: ExecutionResult): { readonly rest: object; readonly errors: readonly SeenError[] } {
  const { errors = [], ...rest } = JSON.parse(JSON.stringify(result));
  return { rest, errors };
}

/** The place of the null that swallowed the field, as text; null when the field itself is there. */
function nullAbove(data: unknown, path: readonly (string | number)[]): string | null {
  let value = data;
  for (const [depth, key] of path.entries()) {
    if (value === null || value === undefined) return JSON.stringify(path.slice(0, depth));
    value = typeof value === 'object' ? Reflect.get(value, key) : null;
  }
  return null;
}

function inOrder(errors: readonly SeenError[] = []): readonly string[] {
  return errors.map((error) => JSON.stringify(error)).sort();
}
