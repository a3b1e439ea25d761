-- AlterTable
ALTER TABLE "status_change" ADD COLUMN "family_ids" UUID[];

-- Who was above the partner when an older entry was logged is not kept: what is believed now stands for it.
UPDATE "status_change" s SET "family_ids" = ARRAY(
  WITH RECURSIVE family AS (
    SELECT p."id", p."parent_id" FROM "partner" p WHERE p."id" = s."partner_id"
    UNION SELECT parent."id", parent."parent_id" FROM "partner" parent JOIN family ON parent."id" = family."parent_id"
  ) SELECT "id" FROM family);
