-- By which the places in a log that partners are told are sealed: random, kept with the log that it is for
ALTER TABLE "epoch" ADD COLUMN "cursor_key" BYTEA;
UPDATE "epoch" SET "cursor_key" = decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex');
ALTER TABLE "epoch" ALTER COLUMN "cursor_key" SET NOT NULL;
