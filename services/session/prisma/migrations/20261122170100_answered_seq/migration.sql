-- The newest entry that the bot has answered: an answer to it, or to an earlier one, comes too late.
ALTER TABLE "chat_sessions" ADD COLUMN "answered_seq" INTEGER NOT NULL DEFAULT 0;

UPDATE "chat_sessions" s SET "answered_seq" = a."newest"
FROM (SELECT "session_id", max("in_reply_to") AS "newest" FROM "messages" WHERE "sender" = 'bot' GROUP BY 1) a
WHERE a."session_id" = s."id" AND a."newest" IS NOT NULL;
