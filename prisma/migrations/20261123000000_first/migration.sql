-- CreateEnum
CREATE TYPE "rulebook_state" AS ENUM ('DRAFT', 'PUBLISHED', 'WITHDRAWN');

-- CreateTable
CREATE TABLE "epoch" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "number" BIGINT NOT NULL,

    CONSTRAINT "epoch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "program" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "fiscal_year_first_month" SMALLINT NOT NULL,
    "settings" JSONB NOT NULL,
    "rules_version" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "program_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rulebook" (
    "id" UUID NOT NULL,
    "program_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "state" "rulebook_state" NOT NULL,
    "effective_from" DATE,
    "document" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_at" TIMESTAMPTZ(3),
    "withdrawn_at" TIMESTAMPTZ(3),

    CONSTRAINT "rulebook_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "partner" (
    "id" UUID NOT NULL,
    "program_id" UUID NOT NULL,
    "external_ref" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "parent_id" UUID,
    "enrolled_on" DATE NOT NULL,
    "left_on" DATE,
    "version" INTEGER NOT NULL DEFAULT 0,
    "last_recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "rulebook_id" UUID,
    "tier" TEXT,
    "tier_rank" SMALLINT,
    "computed_tier" TEXT,
    "hold_reason" TEXT,
    "status" JSONB NOT NULL,
    "measurements" JSONB,
    "alternatives" JSONB NOT NULL,
    "specializations" JSONB NOT NULL,
    "timeline" JSONB NOT NULL,
    "judged_on" DATE,
    "next_change_on" DATE,
    "due_on" DATE,
    "rules_version" INTEGER NOT NULL,

    CONSTRAINT "partner_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "partner_entry" (
    "id" UUID NOT NULL,
    "partner_id" UUID NOT NULL,
    "first_on" DATE NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "data" JSONB NOT NULL,
    "parent_id" UUID,

    CONSTRAINT "partner_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "fact" (
    "id" UUID NOT NULL,
    "program_id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "partner_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "occurred_on" DATE NOT NULL,
    "expires_on" DATE,
    "value" DECIMAL(30,6),
    "currency" TEXT,
    "person" TEXT,
    "credential" TEXT,
    "customer" TEXT,
    "respondent" TEXT,
    "subject" TEXT,
    "attributes" JSONB NOT NULL,
    "voided" BOOLEAN NOT NULL DEFAULT false,
    "fingerprint" BYTEA NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "superseded_at" TIMESTAMPTZ(3),

    CONSTRAINT "fact_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tier_override" (
    "id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "partner_id" UUID NOT NULL,
    "rulebook_id" UUID NOT NULL,
    "tier" TEXT NOT NULL,
    "first_on" DATE NOT NULL,
    "ends_on" DATE NOT NULL,
    "reason" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "superseded_at" TIMESTAMPTZ(3),

    CONSTRAINT "tier_override_pkey" PRIMARY KEY ("id","version")
);

-- CreateTable
CREATE TABLE "log_head" (
    "program_id" UUID NOT NULL,
    "position" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "log_head_pkey" PRIMARY KEY ("program_id")
);

-- CreateTable
CREATE TABLE "status_change" (
    "program_id" UUID NOT NULL,
    "position" BIGINT NOT NULL,
    "id" UUID NOT NULL,
    "partner_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "on" DATE NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "type" TEXT NOT NULL,
    "trigger" TEXT NOT NULL,
    "rulebook_id" UUID,
    "previous_rulebook_id" UUID,
    "region" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "causes" UUID[],
    "cause_count" INTEGER NOT NULL,

    CONSTRAINT "status_change_pkey" PRIMARY KEY ("program_id","position")
);

-- CreateIndex
CREATE UNIQUE INDEX "program_code_key" ON "program"("code");

-- CreateIndex
CREATE UNIQUE INDEX "rulebook_program_id_number_key" ON "rulebook"("program_id", "number");

-- CreateIndex
CREATE INDEX "partner_program_id_due_on_idx" ON "partner"("program_id", "due_on");

-- CreateIndex
CREATE INDEX "partner_program_id_rules_version_idx" ON "partner"("program_id", "rules_version");

-- CreateIndex
CREATE INDEX "partner_program_id_name_id_idx" ON "partner"("program_id", "name", "id");

-- CreateIndex
CREATE INDEX "partner_program_id_tier_rank_id_idx" ON "partner"("program_id", "tier_rank", "id");

-- CreateIndex
CREATE INDEX "partner_parent_id_idx" ON "partner"("parent_id");

-- CreateIndex
CREATE UNIQUE INDEX "partner_program_id_external_ref_key" ON "partner"("program_id", "external_ref");

-- CreateIndex
CREATE INDEX "partner_entry_parent_id_idx" ON "partner_entry"("parent_id");

-- CreateIndex
CREATE UNIQUE INDEX "partner_entry_partner_id_recorded_at_key" ON "partner_entry"("partner_id", "recorded_at");

-- CreateIndex
CREATE INDEX "fact_partner_id_occurred_on_id_idx" ON "fact"("partner_id", "occurred_on", "id");

-- CreateIndex
CREATE UNIQUE INDEX "fact_program_id_source_external_id_version_key" ON "fact"("program_id", "source", "external_id", "version");

-- CreateIndex
CREATE INDEX "tier_override_partner_id_idx" ON "tier_override"("partner_id");

-- CreateIndex
CREATE UNIQUE INDEX "status_change_id_key" ON "status_change"("id");

-- CreateIndex
CREATE UNIQUE INDEX "status_change_partner_id_version_key" ON "status_change"("partner_id", "version");

-- AddForeignKey
ALTER TABLE "rulebook" ADD CONSTRAINT "rulebook_program_id_fkey" FOREIGN KEY ("program_id") REFERENCES "program"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "partner" ADD CONSTRAINT "partner_program_id_fkey" FOREIGN KEY ("program_id") REFERENCES "program"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "partner" ADD CONSTRAINT "partner_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "partner"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "partner_entry" ADD CONSTRAINT "partner_entry_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "partner"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "fact" ADD CONSTRAINT "fact_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "partner"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "tier_override" ADD CONSTRAINT "tier_override_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "partner"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "log_head" ADD CONSTRAINT "log_head_program_id_fkey" FOREIGN KEY ("program_id") REFERENCES "program"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- The one row of the epoch, and nothing can add another
ALTER TABLE "epoch" ADD CONSTRAINT "epoch_one_row" CHECK ("id" = 1);
INSERT INTO "epoch" ("id", "number") VALUES (1, 1);

-- The shortest cycle; longer ones are refused by the use case, under locks
ALTER TABLE "partner" ADD CONSTRAINT "partner_own_parent" CHECK ("parent_id" IS DISTINCT FROM "id");
