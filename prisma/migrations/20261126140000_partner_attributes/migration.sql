-- AlterTable
ALTER TABLE "partner" ADD COLUMN "attributes" JSONB NOT NULL DEFAULT '{}';
