import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { checkImports, isIn, ruleFor } from './support/check-imports.ts';
import { importTable } from './support/import-table.ts';
import { sourcesIn } from './support/sources.ts';

const files = sourcesIn(['src', 'schema'], 351);

function check(file: string, source: string): string[] {
  return checkImports({ file, source }, importTable);
}

describe('the project', () => {
  test('keeps to the import table', () => {
    const violations = files.flatMap(({ file, source }) => check(file, source));
    expect(violations).toEqual([]);
  });

  test('has files in each place that the table names', () => {
    const empty = importTable.filter(({ place }) => !files.some(({ file }) => isIn(file, place)));
    expect(empty.map(({ place }) => place)).toEqual([]);
  });

  test('depends on each package that the table allows', () => {
    const known = Object.keys({ ...packageJson.dependencies, ...packageJson.devDependencies });
    const allowed = importTable.flatMap((rule) => rule.packages).filter((name) => !name.endsWith('/*'));
    expect(allowed.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('the import table', () => {
  test('gives a file the rule with the longest place', () => {
    expect(ruleFor('schema/print.ts', importTable)?.place).toBe('schema/print');
    expect(ruleFor('schema/printer.ts', importTable)?.place).toBe('schema');
    expect(ruleFor('src/main.ts', importTable)?.place).toBe('src/main');
    expect(ruleFor('src/engine/judge.ts', importTable)?.place).toBe('src/engine');
  });

  test('refuses a file that no rule is for', () => {
    expect(check('src/utils/left-pad.ts', '')).toEqual([
      'src/utils/left-pad.ts: no rule of the import table is for this place',
    ]);
  });

  test('refuses a folder that the table does not name, in every way of importing', () => {
    const source = [
      "import { a } from '../store/write.ts';",
      "import '../store/write.ts';",
      "import type { A } from '../store/write.ts';",
      "export { a as b } from '../store/write.ts';",
      "export * from '../store/write.ts';",
      "const c = await import('../store/write.ts');",
      "type D = import('../store/write.ts').A;",
    ];
    expect(check('src/engine/judge.ts', source.join('\n'))).toEqual(
      source.map(
        (_, index) => `src/engine/judge.ts:${index + 1}: src/engine may not import src/store/write.ts`,
      ),
    );
  });

  test('lets a folder import itself, and does not mistake a longer name for it', () => {
    expect(check('src/engine/deep/judge.ts', "import { a } from '../measure.ts';")).toEqual([]);
    expect(check('src/engine/judge.ts', "import { a } from '../engine-room/measure.ts';")).toEqual([
      'src/engine/judge.ts:1: src/engine may not import src/engine-room/measure.ts',
    ]);
  });

  test('lets a folder import a part of another one where it names the part', () => {
    expect(check('src/events/tail.ts', "import { readLog } from '../store/follow-log.ts';")).toEqual([]);
    expect(check('src/events/tail.ts', "import { writeFacts } from '../store/write-facts.ts';")).toEqual([
      'src/events/tail.ts:1: src/events may not import src/store/write-facts.ts',
    ]);
    expect(
      check('schema/partner.ts', "import { readPartner } from '../src/store/reading/read-partner.ts';"),
    ).toEqual([]);
    expect(check('schema/partner.ts', "import { writeFacts } from '../src/store/write-facts.ts';")).toEqual([
      'schema/partner.ts:1: schema may not import src/store/write-facts.ts',
    ]);
  });

  test('tells types from values', () => {
    const source = [
      "import type { Day } from '../engine/day.ts';",
      "import { type Day as Date, type Instant } from '../engine/day.ts';",
      "export type { Change } from '../engine/change.ts';",
      "import { type Day as Other, parseDay } from '../engine/day.ts';",
      "import {} from '../engine/day.ts';",
    ];
    expect(check('src/events/tail.ts', source.join('\n'))).toEqual([
      'src/events/tail.ts:4: src/events may import only types of src/engine/day.ts',
      'src/events/tail.ts:5: src/events may import only types of src/engine/day.ts',
    ]);
  });

  test('refuses packages and built-in modules that a folder has no use for', () => {
    const source = ["import { Pool } from 'pg';", "import fs from 'node:fs';", "import path from 'path';"];
    expect(check('src/engine/judge.ts', source.join('\n'))).toEqual([
      'src/engine/judge.ts:1: src/engine may not import the package pg',
      'src/engine/judge.ts:2: src/engine may not import node:fs',
      'src/engine/judge.ts:3: src/engine may not import node:path',
    ]);
    expect(check('src/store/pool.ts', source.join('\n'))).toEqual([]);
  });

  test('takes a scope for all its packages, and a package with its sub-paths', () => {
    expect(check('schema/builder.ts', "import Relay from '@pothos/plugin-relay';")).toEqual([]);
    expect(check('src/server/socket.ts', "import { useServer } from 'graphql-ws/use/ws';")).toEqual([]);
    expect(check('schema/builder.ts', "import { useServer } from 'graphql-ws/use/ws';")).toEqual([
      'schema/builder.ts:1: schema may not import the package graphql-ws',
    ]);
  });

  test('refuses imports that nobody can read', () => {
    expect(check('src/app/record-facts.ts', 'const a = await import(name);')).toEqual([
      'src/app/record-facts.ts:1: src/app may not import a computed name',
    ]);
    expect(check('src/server/http.ts', "const pg = require('pg');")).toEqual([
      'src/server/http.ts:1: src/server may not import the package pg',
    ]);
  });

  test('is not misled by comments and strings', () => {
    expect(
      check('src/engine/judge.ts', "// import 'pg'; Date.now()\nconst a = \"import 'pg'; Date.now()\";"),
    ).toEqual([]);
  });
});

describe('pure code', () => {
  const impure = [
    ['Date.now()', 'Date.now'],
    ["Date['now']()", 'Date.now'],
    ['new Date()', 'new Date()'],
    ['Date()', 'Date()'],
    ['new Date(2026, 0, 1)', 'new Date(…) in local time'],
    ['new Date(0).getHours()', '.getHours'],
    ['new Date(0).toLocaleDateString()', '.toLocaleDateString'],
    ['Math.random()', 'Math.random'],
    ["Math[key('random')]", 'Math.[…]'],
    ['Temporal.Now.instant()', 'Temporal.Now'],
    ['performance.now()', 'performance'],
    ['process.hrtime()', 'process'],
    ['globalThis.Date', 'globalThis'],
    ['setTimeout(key, 1)', 'setTimeout'],
    ['crypto.randomUUID()', 'crypto'],
    ['console.log(1)', 'console'],
    ["fetch('http://localhost')", 'fetch'],
    ['import.meta.url', 'import.meta'],
    ["eval('1')", 'eval'],
    ['unheardOf', 'unheardOf'],
  ] as const;

  test.each(impure)('may not use %s', (expression, what) => {
    expect(
      check('src/engine/judge.ts', `const key = (a: string) => a;\nconst used = ${expression};`),
    ).toEqual([`src/engine/judge.ts:2: src/engine may not use ${what}`]);
  });

  test('may not hide a global behind a name of its own', () => {
    expect(check('src/engine/judge.ts', 'function f(process: string) { return process; }')).not.toEqual([]);
    expect(
      check('src/engine/judge.ts', 'function f({ a: performance }: A) {}\nperformance.now();'),
    ).not.toEqual([]);
  });

  test('may not take a clock or a source of chance under another name', () => {
    expect(check('src/engine/judge.ts', 'const { random } = Math;')).toEqual([
      'src/engine/judge.ts:1: src/engine may not use Math as a value',
    ]);
    expect(check('src/engine/judge.ts', 'const Clock = Date;')).toEqual([
      'src/engine/judge.ts:1: src/engine may not use Date as a value',
    ]);
  });

  test('may use the language, its own names and types of any name', () => {
    const source = `
      type Row = { readonly now: Date; process?: typeof performance };
      export function f<T extends Event>({ a, b: [c = 1, ...d], ...e }: T, g = Math.max(1, 2)): Map<string, Row> {
        outer: for (const key of Object.keys(e)) if (key === 'process') continue outer;
        try { return new Map([[String(a + c + g), { now: new Date(Date.UTC(2026, 0, 1)) as Date }]]); }
        catch (problem) { throw new RangeError(\`\${d} \${problem}\`, { cause: problem }); }
      }
      class Fraction { process = 1; now() { return this.process; } static get performance() { return 1n; } }
      export const all = { process: new Fraction().now(), Fraction };`;
    expect(check('src/engine/judge.ts', source)).toEqual([]);
  });
});

describe('code that is given its clock and settings', () => {
  test('may not ask for them itself', () => {
    const source = [
      'Date.now();',
      'new Date();',
      'Temporal.Now.instant();',
      'process.env.PORT;',
      "process['env'];",
    ];
    expect(check('src/app/record-facts.ts', source.join('\n'))).toEqual([
      'src/app/record-facts.ts:1: src/app may not use Date.now',
      'src/app/record-facts.ts:2: src/app may not use new Date()',
      'src/app/record-facts.ts:3: src/app may not use Temporal.Now',
      'src/app/record-facts.ts:4: src/app may not use process.env',
      'src/app/record-facts.ts:5: src/app may not use process.env',
    ]);
  });

  test('may make dates from numbers and use what the platform gives', () => {
    expect(check('src/app/record-facts.ts', 'new Date(1); setTimeout(() => process.pid, 1);')).toEqual([]);
  });

  test('only main may, which hands them on', () => {
    expect(check('src/main.ts', 'Date.now(); process.env.PORT;')).toEqual([]);
    expect(check('src/config.ts', 'process.env.PORT;')).toEqual([
      'src/config.ts:1: src/config may not use process.env',
    ]);
  });
});
