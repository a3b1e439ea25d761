-- Names and references as they are searched for and sorted: folded by us, compared by their bytes, so that no locale of the
-- server has a say. What is there already is folded by code, as `fold names of partners`.
ALTER TABLE "partner" ADD COLUMN "search_key" TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE "partner" ALTER COLUMN "external_ref" TYPE TEXT COLLATE "C";

-- DropIndex
DROP INDEX "partner_program_id_name_id_idx";

-- CreateIndex
CREATE INDEX "partner_program_id_search_key_id_idx" ON "partner"("program_id", "search_key", "id");

-- CreateTable
CREATE TABLE "partner_gram" (
    "partner_id" UUID NOT NULL,
    "program_id" UUID NOT NULL,
    "grams" TEXT[],

    CONSTRAINT "partner_gram_pkey" PRIMARY KEY ("partner_id")
);

-- CreateIndex, without a list of what is still to be sorted in: while that is long the planner would rather read the table.
CREATE INDEX "partner_gram_grams_idx" ON "partner_gram" USING GIN ("grams") WITH (fastupdate = off);
