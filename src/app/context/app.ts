import type { Day } from '../../engine/values/day.ts';
import type { CursorSeal } from '../../events/cursor-seal.ts';
import type { Doorbell } from '../../events/doorbell.ts';
import type { ProgramCatalogue, ProgramRecord } from '../../store/catalogue/program-catalogue.ts';
import type { Database } from '../../store/connection/database.ts';
import { type Clock, dayIn } from './clock.ts';
import type { GiveWay } from './give-way.ts';

/** Where a use case says what an operator should know. */
export type AppLog = {
  info(details: Record<string, unknown>, message: string): void;
  warn(details: Record<string, unknown>, message: string): void;
  error(details: Record<string, unknown>, message: string): void;
};

/** What every use case works with. */
export type App = {
  readonly database: Database;
  readonly catalogue: ProgramCatalogue;
  readonly doorbell: Doorbell;
  /** Hides where in a log a cursor is from viewers who must not know. */
  readonly cursorSeal: CursorSeal;
  readonly clock: Clock;
  /** What takes long asks it between its steps. */
  readonly giveWay: GiveWay;
  readonly log: AppLog;
  /** Starts the search for due work now, instead of at the next round. */
  readonly wakeDueWork: () => void;
};

/** Why a use case refuses something: each code has its type in the graph. */
export type RefusalCode =
  | 'NOT_ALLOWED'
  | 'TRY_AGAIN'
  | 'PROGRAM_NOT_FOUND'
  | 'PROGRAM_EXISTS'
  | 'PARTNER_EXISTS'
  | 'UNKNOWN_PARENT'
  | 'RULEBOOK_NOT_FOUND'
  | 'NOT_A_DRAFT'
  | 'NOT_PUBLISHABLE'
  | 'NOT_WITHDRAWABLE'
  | 'PARTNER_NOT_FOUND'
  | 'HIERARCHY_CYCLE'
  | 'HIERARCHY_TOO_DEEP'
  | 'FACT_NOT_FOUND'
  | 'VERSION_CONFLICT'
  | 'CONTENT_REFUSED'
  | 'UNKNOWN_TIER'
  | 'INVALID_DAYS'
  | 'OVERRIDES_OVERLAP'
  | 'OVERRIDE_NOT_FOUND'
  | 'INVALID_KEY'
  | 'KEY_NOT_FOUND'
  | 'FACTS_REJECTED'
  | 'RULEBOOK_INVALID';

/** Why an input is refused before a use case runs. It becomes a GraphQL error. */
export type InputRefusalCode = 'INVALID_INPUT' | 'UNAUTHENTICATED';

/** Every code that a refusal may have. */
export type AnyRefusalCode = RefusalCode | InputRefusalCode;

/** An expected refusal: a value, not an error. `code` is for programs, `message` for people. */
export type Refused<Code extends AnyRefusalCode> = Code extends unknown
  ? { readonly refused: Code; readonly message: string }
  : never;

export function refuse<Code extends AnyRefusalCode>(
  code: Code,
  message: string,
): { readonly refused: Code; readonly message: string } {
  return {
    refused: code,
    message,
  };
}

/** The programme with this code, or the refusal that says there is none. */
export async function findProgram(
  app: App,
  code: string,
): Promise<ProgramRecord | Refused<'PROGRAM_NOT_FOUND'>> {
  return (
    (await app.catalogue.find('code', code)) ??
    refuse('PROGRAM_NOT_FOUND', `There is no programme with the code ${JSON.stringify(code)}.`)
  );
}

/** The programme's day now. */
export async function todayIn(app: App, { timeZone }: Pick<ProgramRecord, 'timeZone'>): Promise<Day> {
  return dayIn(timeZone, app.clock(await app.catalogue.databaseTime()));
}
