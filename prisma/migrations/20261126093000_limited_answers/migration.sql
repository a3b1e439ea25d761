-- Measurements say how many answers fell to the limit of a respondent: where a rulebook has one, partners are due at once.
UPDATE "partner" SET "due_on" = "judged_on"
WHERE "judged_on" IS NOT NULL
  AND "program_id" IN (SELECT "program_id" FROM "rulebook" WHERE "document"::text LIKE '%"perRespondent"%');
