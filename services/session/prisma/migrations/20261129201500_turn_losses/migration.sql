-- How many workers in a row lost their lease on the present turn.
ALTER TABLE "chat_sessions" ADD COLUMN "turn_losses" SMALLINT NOT NULL DEFAULT 0;
