-- What the customer says about a chat besides the number, and when it was said.
ALTER TABLE "session_analytics" ADD COLUMN "rated_at" TIMESTAMPTZ(3),
    ADD COLUMN "rating_comment" TEXT;

UPDATE "session_analytics" SET "rated_at" = "updated_at" WHERE "rating" IS NOT NULL;

ALTER TABLE "session_analytics"
    ADD CONSTRAINT "session_analytics_rated_at_check" CHECK (
        ("rating" IS NULL) = ("rated_at" IS NULL) AND ("rating_comment" IS NULL OR "rating" IS NOT NULL)
    );

CREATE INDEX "session_analytics_rated_at_idx" ON "session_analytics"("rated_at") WHERE "rated_at" IS NOT NULL;
