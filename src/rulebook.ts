import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { settingsOf } from './app/naming/check-program.ts';
import { readProgram } from './app/naming/read-program.ts';
import { checkDocument, type DocumentReport, describeMismatch } from './engine/checking/check-document.ts';
import { counted } from './engine/text/display.ts';
import { parseDay } from './engine/values/day.ts';
import { canonicalLocale } from './engine/values/language.ts';

const USAGE = `npm run rulebook -- check FILE --program FILE [--before FILE] [--from 2027-01-01] [--locale TAG] [--json]

Checks a rulebook document and judges its scenarios, without a server.
--program is a file with the input of createProgram; --before the document that it is to follow, from the day
--from (today if left out). --json prints the report as JSON.
Ends with 0 if it could be published, with 1 if not, and with 2 if it could not be checked.`;

/** The checks could not be made; the message is for the operator. */
class Unchecked extends Error {}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Unchecked(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function argumentsGiven() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        program: { type: 'string' },
        before: { type: 'string' },
        from: { type: 'string', default: new Date().toISOString().slice(0, 10) },
        locale: { type: 'string', default: 'en' },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Unchecked(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function check(): { readonly report: DocumentReport; readonly file: string; readonly isJson: boolean } {
  const { values, positionals } = argumentsGiven();
  const [verb, file, ...more] = positionals;
  if (verb !== 'check' || file === undefined || more.length > 0 || values.program === undefined) {
    throw new Unchecked(USAGE);
  }
  const effectiveFrom = parseDay(values.from);
  if (effectiveFrom === null) throw new Unchecked(`--from is ${values.from}: write a day like 2027-01-01.`);
  const locale = canonicalLocale(values.locale);
  if (locale === null) throw new Unchecked(`--locale is ${values.locale}: write a language tag like de.`);
  const program = readProgram(readJson(values.program));
  if ('problem' in program) throw new Unchecked(`${values.program}: ${program.problem}`);
  const before = values.before === undefined ? null : { document: readJson(values.before), effectiveFrom };
  const report = checkDocument(readJson(file), settingsOf(program), before, locale);
  return { report, file, isJson: values.json };
}

/** The report for people, a line for each thing to know. */
function describe({
  problems,
  problemCount,
  warnings,
  scenarios,
  coverage,
  isGreen,
}: DocumentReport): string[] {
  const red = scenarios.filter((scenario) => !scenario.isGreen);
  const half = coverage.filter(({ met, unmet }) => !met || !unmet);
  const thresholds = coverage.filter(({ exact }) => exact !== null);
  const isCovered = scenarios.length > 0;
  return [
    ...problems.map(({ path, message }) => `  ${path || '/'}: ${message}`),
    ...(problemCount > problems.length ? [`  and ${problemCount - problems.length} more`] : []),
    ...warnings.map(({ path, message }) => `  warning: ${path}: ${message}`),
    ...(isCovered ? [`  ${counted(scenarios.length, ['scenario', 'scenarios'])}, ${red.length} red`] : []),
    ...red.flatMap(({ path, name, mismatches, explanations }) => [
      `  red: ${name} (${path})`,
      ...mismatches.map((mismatch) => `    ${describeMismatch(mismatch)}`),
      ...explanations.map((sentence) => `    ${sentence}`),
    ]),
    ...(isCovered
      ? [`  ${coverage.length - half.length} of ${coverage.length} parts decided both ways`]
      : []),
    ...half.map(({ path, met }) => `    ${path} was never ${met ? 'missed' : 'met'}`),
    ...thresholds.map(
      ({ path, exact, missedBy }) =>
        `    ${path} was ${exact ? '' : 'not '}met exactly, and ${missedBy === null ? 'never missed' : `missed by ${missedBy} at least`}`,
    ),
    isGreen ? '  It could be published.' : '  It could not be published.',
  ];
}

try {
  const { report, file, isJson } = check();
  const text = isJson ? JSON.stringify(report, null, 2) : [file, ...describe(report)].join('\n');
  process.stdout.write(`${text}\n`);
  process.exitCode = report.isGreen ? 0 : 1;
} catch (error) {
  if (!(error instanceof Unchecked)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
