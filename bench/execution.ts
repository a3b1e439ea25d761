import { createContext } from '../schema/base/context.ts';
import { schema } from '../schema/index.ts';
import { createAdmissionControl } from '../src/server/admission/admission.ts';
import { createBudgets } from '../src/server/admission/rate-limit.ts';
import { createExecution } from '../src/server/execution/execution.ts';
import { createDocuments } from '../src/server/request/documents.ts';
import { DEFAULT_LIMITS as limits } from '../src/server/settings/limits.ts';
import { createMetrics } from '../src/server/settings/metrics.ts';
import { createSmallProgram, enroll } from '../test/support/fixtures.ts';
import { openTestApp } from '../test/support/test-app.ts';

// What an operation costs from its parameters to its result, without HTTP: microseconds of processor time, with graphql-js
// and compiled, those of the database in the process included. Run it with `node bench/execution.ts`.

const ROUNDS = 500;

const OPERATIONS: Readonly<Record<string, string>> = {
  'one field': '{ program(code: "small") { code } }',
  'a page of 20': `{
    partners(program: "small", first: 20) {
      nodes { id externalRef name country tier { code name } specializations { specialization { code } since } }
    }
  }`,
  'a page of 20 with proofs': `{
    partners(program: "small", first: 20) {
      nodes {
        id
        tier { code }
        standing {
          proof { tier { code } outcome requirement { outcome explanation } }
          next { tier { code } missing { explanation } }
        }
      }
    }
  }`,
};

const opened = await openTestApp({ clock: () => Date.UTC(2026, 10, 23, 12) });
await createSmallProgram(opened.app);
await enroll(
  opened.app,
  Array.from({ length: 100 }, (_, index) => `P${index}`),
);
const caller = { requestId: 'bench', session: null, identity: null, isGone: () => false, interrupt() {} };
const log = { debug() {}, info() {}, warn() {}, error: console.error };

async function measure(text: string, compileAfter: number): Promise<number> {
  const metrics = createMetrics();
  const documents = createDocuments({ schema, limits, trusted: { texts: new Map(), only: false } });
  const budgets = createBudgets(limits.budget, () => performance.now());
  const admissionControl = createAdmissionControl({ documents, limits, budgets, log, metrics });
  const context = () => createContext({ ...opened, requestId: 'bench' });
  const { operationMs, answerBytes, costly } = limits;
  const pay = () => 0;
  const execution = createExecution({
    context,
    operationMs,
    answerBytes,
    costly,
    compileAfter,
    pay,
    log,
    metrics,
  });
  const once = async (): Promise<void> => {
    const request = { text, id: null, operationName: null, variables: {} };
    const admission = admissionControl.admit(request, caller, { mutations: false });
    if (!admission.ok) throw new Error(admission.errors.join('\n'));
    const { errors } = await execution.execute(admission.operation, caller);
    if (errors !== undefined) throw new Error(errors.join('\n'));
  };
  for (let round = 0; round < ROUNDS; round++) await once();
  const from = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round++) await once();
  const { user, system } = process.cpuUsage(from);
  return Math.round((user + system) / ROUNDS);
}

for (const [name, text] of Object.entries(OPERATIONS)) {
  const [plain, compiled] = [await measure(text, Number.POSITIVE_INFINITY), await measure(text, 0)];
  console.log(`${name.padEnd(26)} graphql-js ${plain} us, compiled ${compiled} us`);
}
await opened.close();
