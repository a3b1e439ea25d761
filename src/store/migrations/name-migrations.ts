import { toStoredName } from '../../engine/values/naming-text.ts';
import { fingerprintOf } from '../encoding/fingerprint.ts';
import { FACT_JSON, type StoredFact, toFact } from '../encoding/stored-fact.ts';
import { CHUNK, type CodeMigration, idAfter, lastId, type MigrationSession } from './migration-session.ts';

// Texts that name something have had one form only since rule 30. First the references and keys that have
// another are found and noted, then those among them that would become one are told apart, and then the
// others, and all other texts, are brought into their form.

// Texts are read as JSON: the embedded database's driver takes a byte order mark at the beginning of a column
// for none of its text.

type Found = { readonly programId: string; readonly source: string; readonly text: string };

async function noteOdd(
  session: MigrationSession,
  kind: 'REFERENCE' | 'FACT_KEY',
  names: readonly Found[],
): Promise<void> {
  const odd = names
    .map((name) => ({ ...name, sourceForm: toStoredName(name.source), form: toStoredName(name.text) }))
    .filter(({ source, text, sourceForm, form }) => source !== sourceForm || text !== form);
  if (odd.length === 0) return;
  await session.query(
    `INSERT INTO odd_name (program_id, kind, source, text, source_form, form)
     SELECT x."programId", $1, x.source, x.text, x."sourceForm", x.form
     FROM jsonb_to_recordset($2::jsonb) AS x("programId" uuid, source text, text text, "sourceForm" text, form text)
     ON CONFLICT DO NOTHING`,
    [kind, JSON.stringify(odd)],
  );
}

const findReferences: CodeMigration = {
  name: 'find odd references of partners',
  async advance(session, cursor) {
    const rows = await session.query(
      `SELECT id, program_id AS "programId", to_jsonb(external_ref) AS text FROM partner
       WHERE id > $1::uuid ORDER BY id LIMIT ${CHUNK}`,
      [idAfter(cursor)],
    );
    const named = rows.map((row) => ({
      programId: String(row.programId),
      source: '',
      text: String(row.text),
    }));
    await noteOdd(session, 'REFERENCE', named);
    return lastId(rows);
  },
};

const findKeys: CodeMigration = {
  name: 'find odd keys of facts',
  async advance(session, cursor) {
    const rows = await session.query(
      `SELECT id, program_id AS "programId", to_jsonb(source) AS source, to_jsonb(external_id) AS text FROM fact
       WHERE id > $1::uuid ORDER BY id LIMIT ${CHUNK}`,
      [idAfter(cursor)],
    );
    const named = rows.map((row) => ({
      programId: String(row.programId),
      source: String(row.source),
      text: String(row.text),
    }));
    await noteOdd(session, 'FACT_KEY', named);
    return lastId(rows);
  },
};

const tellApart: CodeMigration = {
  name: 'tell apart odd names that would become one',
  async advance(session) {
    await session.execute(`
      UPDATE odd_name o SET collides = true
      WHERE EXISTS (SELECT 1 FROM odd_name other WHERE other.program_id = o.program_id AND other.kind = o.kind
          AND other.source_form = o.source_form AND other.form = o.form
          AND (other.source, other.text) <> (o.source, o.text))
        OR (o.kind = 'REFERENCE' AND EXISTS (
          SELECT 1 FROM partner p WHERE p.program_id = o.program_id AND p.external_ref = o.form))
        OR (o.kind = 'FACT_KEY' AND EXISTS (
          SELECT 1 FROM fact f WHERE f.program_id = o.program_id AND f.source = o.source_form AND f.external_id = o.form))`);
    return null;
  },
};

const rename: CodeMigration = {
  name: 'bring odd references and keys into their form',
  async advance(session) {
    const rows = await session.query(
      `SELECT program_id AS "programId", kind, to_jsonb(source) AS source, to_jsonb(text) AS text, source_form AS "sourceForm", form
       FROM odd_name
       WHERE NOT collides ORDER BY program_id, kind, source, text LIMIT ${CHUNK}`,
    );
    if (rows.length === 0) return null;
    const names = JSON.stringify(rows);
    const given = `jsonb_to_recordset($1::jsonb) AS x("programId" uuid, kind text, source text, text text, "sourceForm" text, form text)`;
    await session.query(
      `UPDATE partner p SET external_ref = x.form FROM ${given}
       WHERE x.kind = 'REFERENCE' AND p.program_id = x."programId" AND p.external_ref = x.text
         AND NOT EXISTS (SELECT 1 FROM partner t WHERE t.program_id = x."programId" AND t.external_ref = x.form)`,
      [names],
    );
    await session.query(
      `UPDATE fact f SET source = x."sourceForm", external_id = x.form FROM ${given}
       WHERE x.kind = 'FACT_KEY' AND f.program_id = x."programId" AND f.source = x.source AND f.external_id = x.text
         AND NOT EXISTS (SELECT 1 FROM fact t
           WHERE t.program_id = x."programId" AND t.source = x."sourceForm" AND t.external_id = x.form)`,
      [names],
    );
    await session.query(
      `DELETE FROM odd_name o USING ${given}
       WHERE o.program_id = x."programId" AND o.kind = x.kind AND o.source = x.source AND o.text = x.text
         AND NOT EXISTS (SELECT 1 FROM partner p
           WHERE o.kind = 'REFERENCE' AND p.program_id = o.program_id AND p.external_ref = o.text)
         AND NOT EXISTS (SELECT 1 FROM fact f WHERE o.kind = 'FACT_KEY' AND f.program_id = o.program_id
           AND f.source = o.source AND f.external_id = o.text)`,
      [names],
    );
    // Taken meanwhile by a process of older code.
    await session.query(
      `UPDATE odd_name o SET collides = true FROM ${given}
       WHERE o.program_id = x."programId" AND o.kind = x.kind AND o.source = x.source AND o.text = x.text`,
      [names],
    );
    return 'on';
  },
};

const mendFacts: CodeMigration = {
  name: 'bring texts of facts into their form',
  async advance(session, cursor) {
    const rows = await session.query(
      `SELECT f.id, ${FACT_JSON.sql} AS fact, encode(f.fingerprint, 'hex') AS fingerprint FROM fact f
       WHERE f.id > $1::uuid ORDER BY f.id LIMIT ${CHUNK}`,
      [idAfter(cursor)],
    );
    const mended = rows.flatMap((row) => {
      const stored = row.fact as StoredFact;
      const fact = { ...stored, ...textsOf(stored) };
      const fingerprint = fingerprintOf(toFact(fact));
      return fingerprint === row.fingerprint ? [] : [{ ...fact, fingerprint }];
    });
    if (mended.length > 0) {
      await session.query(
        `UPDATE fact f SET currency = x.currency, person = x.person, credential = x.credential, customer = x.customer,
           respondent = x.respondent, subject = x.subject, attributes = x.attributes, fingerprint = decode(x.fingerprint, 'hex')
         FROM jsonb_to_recordset($1::jsonb) AS x(id uuid, currency text, person text, credential text, customer text,
           respondent text, subject text, attributes jsonb, fingerprint text)
         WHERE f.id = x.id`,
        [JSON.stringify(mended)],
      );
      await makeDue(session, [...new Set(mended.map(({ partnerId }) => partnerId))]);
    }
    return lastId(rows);
  },
};

const mendPartners: CodeMigration = {
  name: 'bring regions of partners into their form',
  async advance(session, cursor) {
    const rows = await session.query(
      `SELECT p.id, to_jsonb(p.region) AS region, (SELECT jsonb_agg(DISTINCT e.data->>'region') FROM partner_entry e
         WHERE e.partner_id = p.id AND e.data->>'region' IS NOT NULL) AS entered FROM partner p
       WHERE p.id > $1::uuid ORDER BY p.id LIMIT ${CHUNK}`,
      [idAfter(cursor)],
    );
    const mended = rows.flatMap(({ id, region, entered }) =>
      [...new Set([String(region), ...(Array.isArray(entered) ? entered.map(String) : [])])].flatMap(
        (text) => (toStoredName(text) === text ? [] : [{ id: String(id), text, form: toStoredName(text) }]),
      ),
    );
    if (mended.length > 0) {
      const given = 'jsonb_to_recordset($1::jsonb) AS x(id uuid, text text, form text)';
      await session.query(
        `UPDATE partner p SET region = x.form FROM ${given} WHERE p.id = x.id AND p.region = x.text`,
        [JSON.stringify(mended)],
      );
      await session.query(
        `UPDATE partner_entry e SET data = jsonb_set(e.data, '{region}', to_jsonb(x.form)) FROM ${given}
         WHERE e.partner_id = x.id AND e.data->>'region' = x.text`,
        [JSON.stringify(mended)],
      );
      await makeDue(session, [...new Set(mended.map(({ id }) => id))]);
    }
    return lastId(rows);
  },
};

const mendLog: CodeMigration = {
  name: 'bring regions of log entries into their form',
  async advance(session, cursor) {
    const rows = await session.query(
      `SELECT id, to_jsonb(region) AS region FROM status_change WHERE id > $1::uuid ORDER BY id LIMIT ${CHUNK}`,
      [idAfter(cursor)],
    );
    const mended = rows.flatMap(({ id, region }) =>
      toStoredName(String(region)) === region ? [] : [{ id, form: toStoredName(String(region)) }],
    );
    if (mended.length > 0) {
      await session.query(
        `UPDATE status_change s SET region = x.form FROM jsonb_to_recordset($1::jsonb) AS x(id uuid, form text)
         WHERE s.id = x.id`,
        [JSON.stringify(mended)],
      );
    }
    return lastId(rows);
  },
};

/** In the order in which they run. */
export const NAME_MIGRATIONS: readonly CodeMigration[] = [
  findReferences,
  findKeys,
  tellApart,
  rename,
  mendFacts,
  mendPartners,
  mendLog,
];

/** The texts of a fact in their form. */
function textsOf(fact: StoredFact) {
  return {
    currency: nameOrNull(fact.currency),
    person: nameOrNull(fact.person),
    credential: nameOrNull(fact.credential),
    customer: nameOrNull(fact.customer),
    respondent: nameOrNull(fact.respondent),
    subject: nameOrNull(fact.subject),
    attributes: attributesOf(fact.attributes),
  };
}

function nameOrNull(text: string | null): string | null {
  return text === null ? null : toStoredName(text);
}

/** Attributes of which two would have one name keep theirs. */
function attributesOf(attributes: StoredFact['attributes']): Record<string, string> {
  const byForm = Map.groupBy(Object.keys(attributes), toStoredName);
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      const form = toStoredName(name);
      return [byForm.get(form)?.length === 1 ? form : name, toStoredName(value)];
    }),
  );
}

/** What is judged by other texts now, and all above it, is due. */
async function makeDue(session: MigrationSession, partnerIds: readonly string[]): Promise<void> {
  await session.query(
    `WITH RECURSIVE concerned AS (
       SELECT x::uuid AS id FROM jsonb_array_elements_text($1::jsonb) AS x
       UNION SELECT e.parent_id FROM concerned JOIN partner_entry e ON e.partner_id = concerned.id
       WHERE e.parent_id IS NOT NULL)
     UPDATE partner p SET due_on = p.judged_on FROM concerned WHERE p.id = concerned.id`,
    [JSON.stringify(partnerIds)],
  );
}
