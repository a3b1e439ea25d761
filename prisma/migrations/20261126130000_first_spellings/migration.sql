-- CreateTable
CREATE TABLE "first_spelling" (
    "program_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "folded" TEXT NOT NULL,
    "spelling" TEXT NOT NULL,

    CONSTRAINT "first_spelling_pkey" PRIMARY KEY ("program_id","kind","folded")
);
