-- Who the customer of a session is, as the site has signed it, and all that the signature covers.
ALTER TABLE "chat_sessions"
    ADD COLUMN "customer_id" TEXT COLLATE "C",
    ADD COLUMN "customer" JSONB,
    ADD CONSTRAINT "chat_sessions_customer_check" CHECK (("customer_id" IS NULL) = ("customer" IS NULL));

-- The open chats of a verified customer. Partial: most customers are not verified.
CREATE INDEX "chat_sessions_customer_id_idx" ON "chat_sessions"("customer_id")
    WHERE "customer_id" IS NOT NULL AND "status" <> 'closed';
