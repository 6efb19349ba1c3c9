-- Where a session comes from, in keyed hashes: what limits, budgets and fair queues go by.
ALTER TABLE "chat_sessions" ADD COLUMN "source" TEXT;
