-- Logins by OpenID Connect. Only added to: the release before this one goes on beside it.
-- AlterTable
ALTER TABLE "accounts" ADD COLUMN "mail_confirmed" BOOLEAN NOT NULL DEFAULT false;

-- The audit log says which link has made an account; links are kept for 30 days. What is unknown is not confirmed.
UPDATE "accounts" SET "mail_confirmed" = true
FROM "audit_log" g JOIN "links" l ON l."id" = g."details"::jsonb ->> 'link'
WHERE g."action" = 'account.created' AND g."subject_id" = "accounts"."id" AND l."mail" = "accounts"."mail";

-- CreateTable
CREATE TABLE "identities" (
    "id" TEXT COLLATE "C" NOT NULL,
    "account_id" TEXT COLLATE "C" NOT NULL,
    "issuer" TEXT COLLATE "C" NOT NULL,
    "subject" TEXT COLLATE "C" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identities_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_steps" (
    "secret_hash" BYTEA NOT NULL,
    "provider_id" TEXT COLLATE "C" NOT NULL,
    "address_hash" TEXT COLLATE "C" NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "provider_steps_pkey" PRIMARY KEY ("secret_hash")
);

-- CreateTable
CREATE TABLE "provider_logouts" (
    "issuer" TEXT COLLATE "C" NOT NULL,
    "jti_hash" BYTEA NOT NULL,
    "subject" TEXT COLLATE "C",
    "provider_session" TEXT COLLATE "C",
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provider_logouts_pkey" PRIMARY KEY ("issuer","jti_hash")
);

-- AlterTable
ALTER TABLE "logins" ADD COLUMN "issuer" TEXT COLLATE "C",
ADD COLUMN "subject" TEXT COLLATE "C",
ADD COLUMN "provider_session" TEXT COLLATE "C";

-- AlterTable
ALTER TABLE "login_steps" ADD COLUMN "method" "login_method" NOT NULL DEFAULT 'password',
ADD COLUMN "issuer" TEXT COLLATE "C",
ADD COLUMN "subject" TEXT COLLATE "C",
ADD COLUMN "provider_session" TEXT COLLATE "C";

-- CreateIndex
CREATE UNIQUE INDEX "identities_issuer_subject_key" ON "identities"("issuer", "subject");

-- CreateIndex
CREATE UNIQUE INDEX "identities_account_id_issuer_key" ON "identities"("account_id", "issuer");

-- CreateIndex
CREATE INDEX "provider_steps_address_hash_idx" ON "provider_steps"("address_hash");

-- CreateIndex
CREATE INDEX "provider_steps_expires_at_idx" ON "provider_steps"("expires_at");

-- CreateIndex
CREATE INDEX "provider_logouts_at_idx" ON "provider_logouts"("at");

-- CreateIndex
CREATE INDEX "logins_issuer_subject_idx" ON "logins"("issuer", "subject");

-- CreateIndex
CREATE INDEX "logins_issuer_provider_session_idx" ON "logins"("issuer", "provider_session");

-- CreateIndex
CREATE INDEX "login_steps_issuer_subject_idx" ON "login_steps"("issuer", "subject");

-- CreateIndex
CREATE INDEX "login_steps_issuer_provider_session_idx" ON "login_steps"("issuer", "provider_session");

-- AddForeignKey
ALTER TABLE "identities" ADD CONSTRAINT "identities_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say.

-- A login is proven by a provider or not; there is no half of an identity.
ALTER TABLE "logins" ADD CONSTRAINT "logins_identity_check"
  CHECK (("issuer" IS NULL) = ("subject" IS NULL) AND ("provider_session" IS NULL OR "issuer" IS NOT NULL));
ALTER TABLE "login_steps" ADD CONSTRAINT "login_steps_identity_check"
  CHECK (("issuer" IS NULL) = ("subject" IS NULL) AND ("provider_session" IS NULL OR "issuer" IS NOT NULL));
ALTER TABLE "provider_logouts" ADD CONSTRAINT "provider_logouts_whose_check"
  CHECK ("subject" IS NOT NULL OR "provider_session" IS NOT NULL);
