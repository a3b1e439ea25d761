import { defineConfig } from 'vitest/config';

const shared = {
  // For what hangs: a machine that is busy with something else must not reach it.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  globalSetup: 'test/support/run-folder.ts',
  // One process for many files, which loads the sources once.
  isolate: false,
  // Node itself loads the tests and the sources, as in production. Vite would resolve graphql to its ES
  // modules, of which the libraries, resolved by Node, know nothing: two copies, and no schema of one is a
  // schema of the other.
  experimental: { viteModuleRunner: false },
} as const;
const needServer = ['test/{server,store}/**/*.test.ts', 'bench/peers/**/*.test.ts'];
const needServices = ['test/services/**/*.test.ts'];
const attack = ['test/hostile/**/*.test.ts'];

/**
 * `unit` needs nothing, `server` starts tiergraph itself on a free port, `services` needs PostgreSQL and
 * NATS, `hostile` an idle machine too.
 */
export default defineConfig({
  test: {
    // Of two cores vitest would take one.
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'schema/**/*.ts'],
      exclude: ['src/generated/**'],
      reporter: ['text-summary', 'html'],
    },
    // TEST_REPORT is a file for the counts, beside what is printed.
    reporters: process.env.TEST_REPORT
      ? ['default', ['json', { outputFile: process.env.TEST_REPORT }]]
      : ['default'],
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...needServer, ...needServices, ...attack],
        },
      },
      { test: { ...shared, name: 'server', include: needServer } },
      {
        test: {
          ...shared,
          name: 'services',
          include: needServices,
          fileParallelism: false,
          testTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'hostile',
          include: attack,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
