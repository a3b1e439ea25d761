import { searchKeyOf } from '../encoding/search-key.ts';
import { CHUNK, type CodeMigration, idAfter, lastId } from './migration-session.ts';

/** Folds the names and references of partners that were there before they were searched for in this way. */
export const foldPartners: CodeMigration = {
  name: 'fold names of partners',
  async advance(session, cursor) {
    const rows = await session.query(
      `SELECT id, to_jsonb(name) AS name, to_jsonb(external_ref) AS "externalRef" FROM partner
       WHERE id > $1::uuid ORDER BY id LIMIT ${CHUNK}`,
      [idAfter(cursor)],
    );
    const keys = rows.map(({ id, name, externalRef }) => ({
      id,
      ...searchKeyOf({ name: String(name), externalRef: String(externalRef) }),
    }));
    await session.query(
      `WITH x AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(id uuid, "searchKey" text, grams text[])),
       grams AS (
         INSERT INTO partner_gram (partner_id, program_id, grams)
         SELECT p.id, p.program_id, x.grams FROM x JOIN partner p ON p.id = x.id
         ON CONFLICT (partner_id) DO UPDATE SET grams = excluded.grams)
       UPDATE partner p SET search_key = x."searchKey" FROM x WHERE p.id = x.id`,
      [JSON.stringify(keys)],
    );
    return lastId(rows);
  },
};
