-- The gap is now that to the tier above the effective one: where that is not the computed one, the partner is due at once.
UPDATE "partner" SET "due_on" = "judged_on" WHERE "judged_on" IS NOT NULL AND "tier" IS DISTINCT FROM "computed_tier";
