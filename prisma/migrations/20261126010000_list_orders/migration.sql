-- DropIndex
DROP INDEX "partner_program_id_tier_rank_id_idx";

-- CreateIndex
CREATE INDEX "partner_program_id_enrolled_on_id_idx" ON "partner"("program_id", "enrolled_on", "id");

-- CreateIndex
CREATE INDEX "api_key_created_at_id_idx" ON "api_key"("created_at", "id");

-- What lists are ordered by, word for word, as an index serves nothing else; Prisma's schema can't say so.
CREATE INDEX "partner_list_tier_idx" ON "partner"("program_id", (coalesce("tier_rank", -1)), "id");
CREATE INDEX "partner_list_next_change_idx" ON "partner"("program_id", (coalesce("next_change_on", DATE '9999-12-31')), "id");
CREATE INDEX "partner_list_missing_idx" ON "partner"("program_id", (coalesce(jsonb_array_length("gap"->'missing'), 32767)), "id");
