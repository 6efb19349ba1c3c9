-- Since when the bot answers a session that waits, because no agent is online.
ALTER TABLE "chat_sessions" ADD COLUMN "stand_in_since" TIMESTAMPTZ(3);
CREATE INDEX "chat_sessions_stand_in_since_idx" ON "chat_sessions"("stand_in_since") WHERE "stand_in_since" IS NOT NULL;

-- The bot owes answers there, too. Every row fits the wider condition.
ALTER TABLE "chat_sessions"
    DROP CONSTRAINT "chat_sessions_unanswered_check",
    ADD CONSTRAINT "chat_sessions_unanswered_check" CHECK (
        ("unanswered_seq" IS NULL) = ("unanswered_since" IS NULL)
        AND ("unanswered_seq" IS NULL OR ("status" IN ('bot', 'waiting') AND "unanswered_seq" BETWEEN 1 AND "last_seq"))
    );
