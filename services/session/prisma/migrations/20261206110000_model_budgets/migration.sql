-- What was taken of each budget for asking the model: of a chat, a customer, an address, and of all.
CREATE TYPE "budget_scope" AS ENUM ('chat', 'customer', 'address', 'all');

CREATE TABLE "model_budgets" (
    "scope" "budget_scope" NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "day" DATE NOT NULL,
    "calls" INTEGER NOT NULL DEFAULT 0,
    "tokens" BIGINT NOT NULL DEFAULT 0,
    "full_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "model_budgets_pkey" PRIMARY KEY ("scope", "key")
);

ALTER TABLE "model_budgets" ADD CONSTRAINT "model_budgets_counts_check" CHECK ("calls" >= 0 AND "tokens" >= 0);

-- Each row changes with every call of the model: room on its page for the next version.
ALTER TABLE "model_budgets" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
