import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

// With the services because it takes long: the compiler reads the whole project once for each case.

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = readFileSync(join(ROOT, 'docs/extending.md'), 'utf8');

let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'tiergraph-extending-'));
  for (const part of ['.ci', 'bench', 'dist', 'prisma', 'schema', 'src', 'test']) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  }
  for (const file of [
    'README.md',
    'codegen.ts',
    'package.json',
    'prisma.config.ts',
    'tsconfig.json',
    'vitest.config.ts',
  ]) {
    cpSync(join(ROOT, file), join(copy, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** The files in which the compiler finds something wrong. */
async function filesInError(): Promise<readonly string[]> {
  const { stdout } = await run('npx', ['tsc', '--pretty', 'false'], { cwd: copy }).catch((error) => error);
  const files = [...String(stdout).matchAll(/^([\w./-]+\.ts)\(\d+,\d+\): error /gm)].flatMap(
    ([, file]) => file ?? [],
  );
  return [...new Set(files)].sort();
}

/** The files that the page lists under a heading. */
function filesUnder(heading: string): readonly string[] {
  const section = PAGE.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].flatMap(([, file]) => file ?? []).sort();
}

type Edit = readonly [file: string, before: string, after: string];

const CASES: readonly (readonly [heading: string, edits: readonly Edit[]])[] = [
  [
    'A shape of requirement',
    [
      [
        'src/engine/rulebook/rulebook.ts',
        "  | (Common & { readonly type: 'SPECIALIZATION';",
        "  | (Common & { readonly type: 'NEW' })\n  | (Common & { readonly type: 'SPECIALIZATION';",
      ],
      [
        'src/engine/judging/standing.ts',
        "  | { readonly type: 'SPECIALIZATION';",
        "  | { readonly type: 'NEW' }\n  | { readonly type: 'SPECIALIZATION';",
      ],
    ],
  ],
  [
    'A type of fact',
    [
      [
        'src/engine/rulebook/fact-type.ts',
        "'satisfaction', 'measurement'",
        "'satisfaction', 'visit', 'measurement'",
      ],
    ],
  ],
  [
    'A type of status change',
    [
      [
        'src/engine/changes/change.ts',
        "  | { readonly type: 'RiskCleared' }",
        "  | { readonly type: 'New' }\n  | { readonly type: 'RiskCleared' }",
      ],
    ],
  ],
  [
    'A mutation',
    [
      [
        'schema/base/root-rules.ts',
        "  'Mutation.recordFacts'",
        "  'Mutation.newOne': RULE,\n  'Mutation.recordFacts'",
      ],
    ],
  ],
  [
    'A code of a refusal',
    [['src/app/context/app.ts', "  | 'KEY_NOT_FOUND'", "  | 'NEW_CODE'\n  | 'KEY_NOT_FOUND'"]],
  ],
];

test.each(CASES)(
  '%s: the compiler names each file that the page lists, and no other',
  async (heading, edits) => {
    const sources = edits.map(([file]) => readFileSync(join(copy, file), 'utf8'));
    for (const [index, [file, before, after]] of edits.entries()) {
      const source = sources[index] ?? '';
      expect(source.split(before)).toHaveLength(2);
      writeFileSync(join(copy, file), source.replace(before, after));
    }
    try {
      expect(filesUnder(heading).length).toBeGreaterThan(0);
      expect(await filesInError()).toEqual(filesUnder(heading));
    } finally {
      for (const [index, [file]] of edits.entries()) writeFileSync(join(copy, file), sources[index] ?? '');
    }
  },
);

test('without them it finds nothing wrong', async () => {
  expect(await filesInError()).toEqual([]);
});
