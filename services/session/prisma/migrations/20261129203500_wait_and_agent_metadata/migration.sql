-- What a caller gives with a wait, and with an agent. A constant default is kept in the catalogue: no row is written.
ALTER TABLE "agents" ADD COLUMN "metadata" JSONB NOT NULL DEFAULT '{}';

ALTER TABLE "transfer_queue" ADD COLUMN "metadata" JSONB NOT NULL DEFAULT '{}';
