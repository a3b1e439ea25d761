import type { ProgramRecord } from '../../store/catalogue/program-catalogue.ts';
import type { DatabaseClient } from '../../store/connection/transaction.ts';
import type { FactContent } from './check-fact.ts';
import { EXACT, readSpelled, type Spelled } from './spelled.ts';

/** How these persons of facts were first written in the programme, if case doesn't count there. */
export function readPersons(
  session: DatabaseClient,
  { id, settings }: ProgramRecord,
  persons: readonly string[],
): Promise<Spelled> {
  return settings.personsIgnoreCase === true
    ? readSpelled(session, id, 'PERSON', persons)
    : Promise.resolve(EXACT);
}

/** The content with its person as first written: all that is stored and counted of a person is that. */
export function withPerson<Content extends Pick<FactContent, 'person'>>(
  content: Content,
  persons: Spelled,
): Content {
  return content.person === null ? content : { ...content, person: persons.firstOf(content.person) };
}
