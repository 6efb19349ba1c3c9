-- The client's own id of the request that registered an agent: a repeat finds the first one.
ALTER TABLE "agents" ADD COLUMN "join_id" TEXT COLLATE "C";

CREATE UNIQUE INDEX "agents_join_id_key" ON "agents"("join_id");
