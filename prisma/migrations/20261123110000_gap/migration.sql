-- AlterTable
ALTER TABLE "partner" ADD COLUMN "gap" JSONB;

-- Who was judged before has no gap yet: due at once.
UPDATE "partner" SET "due_on" = "judged_on" WHERE "judged_on" IS NOT NULL;
