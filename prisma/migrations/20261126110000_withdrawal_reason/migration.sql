-- AlterTable
ALTER TABLE "rulebook" ADD COLUMN "withdrawal_reason" TEXT;

-- What was withdrawn before had not taken effect, and no reason was asked for.
UPDATE "rulebook" SET "withdrawal_reason" = 'Withdrawn before it took effect.' WHERE "state" = 'WITHDRAWN';

-- A withdrawal is kept with its reason
ALTER TABLE "rulebook" ADD CONSTRAINT "rulebook_withdrawal" CHECK (("withdrawn_at" IS NULL) = ("withdrawal_reason" IS NULL));
