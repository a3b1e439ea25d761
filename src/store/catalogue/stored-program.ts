import { fractionFromText } from '../../engine/values/fraction.ts';
import { DEFAULT_LOCALE, type Locale, withDefault } from '../../engine/values/language.ts';
import { toStoredName } from '../../engine/values/naming-text.ts';
import type { ProgramSettings } from '../../engine/values/program.ts';
import type { DatabaseClient } from '../connection/transaction.ts';
import { instantOf } from '../encoding/time-sql.ts';

/** A published rulebook as its row has it, without its document. */
export type StoredRulebook = {
  readonly id: string;
  readonly number: number;
  readonly effectiveFrom: string;
  readonly publishedAt: number;
  readonly withdrawnAt: number | null;
};
/** A programme as its row has it, with its rulebooks. */
export type StoredProgram = {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly fiscalYearFirstMonth: number;
  readonly settings: StoredSettings;
  readonly rulesVersion: number;
  readonly rulebooks: readonly StoredRulebook[];
};

/** The part of a programme's settings that is kept as JSON. */
export type StoredSettings = {
  readonly satisfactionScale: { readonly minimum: string; readonly maximum: string };
  readonly measurementKinds: ProgramSettings['measurementKinds'];
  readonly defaultLocale?: Locale;
  readonly personsIgnoreCase?: boolean;
  readonly referencesIgnoreCase?: boolean;
};

/** What the engine has to know of a programme. */
export function readSettings(stored: StoredProgram): ProgramSettings {
  const { defaultLocale = DEFAULT_LOCALE } = stored.settings;
  return {
    currency: stored.currency,
    fiscalYearFirstMonth: stored.fiscalYearFirstMonth,
    satisfactionScale: {
      minimum: fractionFromText(stored.settings.satisfactionScale.minimum),
      maximum: fractionFromText(stored.settings.satisfactionScale.maximum),
    },
    // Names recorded before they were normalized may differ.
    measurementKinds: stored.settings.measurementKinds.map((kind) => ({
      ...kind,
      name: withDefault(kind.name, defaultLocale),
      unit: toStoredName(kind.unit),
    })),
    defaultLocale,
    personsIgnoreCase: stored.settings.personsIgnoreCase ?? false,
    referencesIgnoreCase: stored.settings.referencesIgnoreCase ?? false,
  };
}

/** The programmes that differ from the known ones, without their documents, in one statement. */
export async function readChanged(
  session: DatabaseClient,
  known: readonly Pick<StoredProgram, 'id' | 'rulesVersion'>[],
): Promise<{
  readonly epoch: bigint;
  readonly programs: readonly StoredProgram[];
  readonly programCount: number;
}> {
  const ids = known.map(({ id }) => id);
  const versions = known.map(({ rulesVersion }) => rulesVersion);
  const [row] = await session.$queryRaw<
    { epoch: bigint; programs: readonly StoredProgram[]; programCount: number }[]
  >`
    SELECT number AS epoch, (SELECT count(*)::int FROM program) AS "programCount", (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', p.id, 'code', p.code, 'name', p.name, 'timeZone', p.time_zone, 'currency', p.currency,
        'fiscalYearFirstMonth', p.fiscal_year_first_month, 'settings', p.settings, 'rulesVersion', p.rules_version,
        'rulebooks', (
          SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'number', r.number, 'effectiveFrom', r.effective_from,
            'publishedAt', ${instantOf('r.published_at')},
            'withdrawnAt', ${instantOf('r.withdrawn_at')})
            ORDER BY r.effective_from, r.number), '[]')
          FROM rulebook r WHERE r.program_id = p.id AND r.state <> 'DRAFT'))), '[]')
      FROM program p LEFT JOIN unnest(${ids}::uuid[], ${versions}::int[]) AS known (id, version) ON known.id = p.id
      WHERE known.version IS DISTINCT FROM p.rules_version) AS programs
    FROM epoch`;
  if (row === undefined) throw new Error('The epoch row is missing: the database was not migrated.');
  return row;
}
