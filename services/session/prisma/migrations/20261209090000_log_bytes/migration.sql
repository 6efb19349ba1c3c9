-- [S6] Bytes of text in the log of a session. Counted with every entry, so that no log is read to measure it.
ALTER TABLE "chat_sessions" ADD COLUMN "log_bytes" BIGINT NOT NULL DEFAULT 0;

-- Closed sessions grow no more. Postgres knows the length of a text that is stored outside its row without reading it.
UPDATE "chat_sessions" s SET "log_bytes" = m."bytes"
FROM (
    SELECT e."session_id", sum(octet_length(e."content")) AS "bytes"
    FROM "messages" e JOIN "chat_sessions" o ON o."id" = e."session_id"
    WHERE o."status" <> 'closed'
    GROUP BY e."session_id"
) m
WHERE s."id" = m."session_id";
