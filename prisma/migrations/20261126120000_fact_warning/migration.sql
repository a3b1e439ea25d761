-- AlterTable
ALTER TABLE "fact" ADD COLUMN "warning" TEXT;
