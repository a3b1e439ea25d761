-- CreateTable
CREATE TABLE "code_migration" (
    "name" TEXT NOT NULL,
    "cursor" TEXT NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "code_migration_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "odd_name" (
    "program_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "source_form" TEXT NOT NULL,
    "form" TEXT NOT NULL,
    "collides" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "odd_name_pkey" PRIMARY KEY ("program_id","kind","source","text")
);

-- CreateIndex
CREATE INDEX "odd_name_program_id_kind_source_form_form_idx" ON "odd_name"("program_id", "kind", "source_form", "form");
