-- COLLATE "C" on every id, and the last part, are written by hand: Prisma cannot say them. schema.prisma has the reasons.
-- Tables have no schema in their names: the connection's search_path is the schema of this service.

-- CreateEnum
CREATE TYPE "account_status" AS ENUM ('active', 'suspended');

-- CreateEnum
CREATE TYPE "link_kind" AS ENUM ('owner', 'invitation', 'reset');

-- CreateEnum
CREATE TYPE "login_method" AS ENUM ('password', 'passkey', 'oidc', 'link');

-- CreateTable
CREATE TABLE "roles" (
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "permissions" TEXT[],
    "built_in" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "roles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "accounts" (
    "id" TEXT COLLATE "C" NOT NULL,
    "mail" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "status" "account_status" NOT NULL DEFAULT 'active',
    "role_id" TEXT COLLATE "C" NOT NULL,
    "password_hash" TEXT,
    "epoch" INTEGER NOT NULL DEFAULT 1,
    "totp_secret" TEXT,
    "totp_since" TIMESTAMPTZ(3),
    "totp_step" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_login_at" TIMESTAMPTZ(3),

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "recovery_codes" (
    "account_id" TEXT COLLATE "C" NOT NULL,
    "code_hash" BYTEA NOT NULL,

    CONSTRAINT "recovery_codes_pkey" PRIMARY KEY ("account_id","code_hash")
);

-- CreateTable
CREATE TABLE "links" (
    "id" TEXT COLLATE "C" NOT NULL,
    "kind" "link_kind" NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "mail" TEXT,
    "name" TEXT,
    "role_id" TEXT COLLATE "C",
    "account_id" TEXT COLLATE "C",
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "links_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "logins" (
    "id" TEXT COLLATE "C" NOT NULL,
    "account_id" TEXT COLLATE "C" NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "method" "login_method" NOT NULL,
    "device" TEXT NOT NULL,
    "address_hash" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "authenticated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "logins_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "login_steps" (
    "token_hash" BYTEA NOT NULL,
    "account_id" TEXT COLLATE "C" NOT NULL,
    "epoch" INTEGER NOT NULL,
    "device" TEXT NOT NULL,
    "address_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_steps_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "login_failures" (
    "key" TEXT COLLATE "C" NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "last_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "locked_until" TIMESTAMPTZ(3),

    CONSTRAINT "login_failures_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "ending" TEXT NOT NULL,
    "permissions" TEXT[],
    "created_by" TEXT COLLATE "C",
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "revocations" (
    "version" BIGINT NOT NULL,
    "subject" TEXT NOT NULL,
    "subject_id" TEXT COLLATE "C" NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "revocations_pkey" PRIMARY KEY ("version")
);

-- CreateTable
CREATE TABLE "audit_log" (
    "seq" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT COLLATE "C",
    "action" TEXT NOT NULL,
    "subject_kind" TEXT,
    "subject_id" TEXT COLLATE "C",
    "details" TEXT NOT NULL,
    "previous_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("seq")
);

-- CreateIndex
CREATE UNIQUE INDEX "roles_name_key" ON "roles"("name");

-- CreateIndex
CREATE UNIQUE INDEX "accounts_mail_key" ON "accounts"("mail");

-- CreateIndex
CREATE INDEX "accounts_role_id_idx" ON "accounts"("role_id");

-- CreateIndex
CREATE UNIQUE INDEX "links_token_hash_key" ON "links"("token_hash");

-- CreateIndex
CREATE INDEX "links_role_id_idx" ON "links"("role_id");

-- CreateIndex
CREATE INDEX "links_account_id_idx" ON "links"("account_id");

-- CreateIndex
CREATE INDEX "links_expires_at_idx" ON "links"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "logins_token_hash_key" ON "logins"("token_hash");

-- CreateIndex
CREATE INDEX "logins_account_id_idx" ON "logins"("account_id");

-- CreateIndex
CREATE INDEX "logins_expires_at_idx" ON "logins"("expires_at");

-- CreateIndex
CREATE INDEX "login_steps_account_id_idx" ON "login_steps"("account_id");

-- CreateIndex
CREATE INDEX "login_steps_expires_at_idx" ON "login_steps"("expires_at");

-- CreateIndex
CREATE INDEX "login_failures_last_at_idx" ON "login_failures"("last_at");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_token_hash_key" ON "api_keys"("token_hash");

-- CreateIndex
CREATE INDEX "revocations_at_idx" ON "revocations"("at");

-- CreateIndex
CREATE INDEX "audit_log_actor_id_seq_idx" ON "audit_log"("actor_id", "seq");

-- CreateIndex
CREATE INDEX "audit_log_subject_id_seq_idx" ON "audit_log"("subject_id", "seq");

-- AddForeignKey
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "roles"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recovery_codes" ADD CONSTRAINT "recovery_codes_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "links" ADD CONSTRAINT "links_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "roles"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "links" ADD CONSTRAINT "links_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "logins" ADD CONSTRAINT "logins_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "login_steps" ADD CONSTRAINT "login_steps_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say.

ALTER TABLE "roles" ADD CONSTRAINT "roles_built_in_check"
  CHECK (NOT "built_in" OR coalesce(cardinality("permissions"), 0) = 0);
ALTER TABLE "accounts"
  ADD CONSTRAINT "accounts_mail_check" CHECK ("mail" = lower("mail")),
  ADD CONSTRAINT "accounts_totp_check" CHECK ("totp_since" IS NULL OR "totp_secret" IS NOT NULL);
ALTER TABLE "links"
  ADD CONSTRAINT "links_reset_check" CHECK (("kind" = 'reset') = ("account_id" IS NOT NULL)),
  ADD CONSTRAINT "links_role_check" CHECK (("kind" = 'reset') = ("role_id" IS NULL));
ALTER TABLE "logins" ADD CONSTRAINT "logins_expires_check" CHECK ("expires_at" <= "ends_at");

INSERT INTO "roles" ("id", "name", "permissions", "built_in")
SELECT name, name, '{}', true FROM unnest(ARRAY['owner', 'admin', 'supervisor', 'agent', 'viewer']) AS name;

-- One transaction at a time adds to the audit log or to the revocations, until it commits: so the numbers rise in the
-- order of the commits, without gaps, and a reader who has seen one has seen all before it.
CREATE FUNCTION "one_writer"() RETURNS void LANGUAGE sql AS
$$ SELECT pg_advisory_xact_lock(hashtextextended('baton.workspace.log', 0)) $$;

CREATE FUNCTION "number_revocation"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM one_writer();
  NEW.version := coalesce((SELECT max(version) FROM revocations), 0) + 1;
  NEW.at := date_trunc('milliseconds', clock_timestamp());
  RETURN NEW;
END $$;
CREATE TRIGGER "revocations_number" BEFORE INSERT ON "revocations"
  FOR EACH ROW EXECUTE FUNCTION "number_revocation"();

-- The text that a row's hash is over: its fields, a line each. No field contains a line feed (a CHECK below).
CREATE FUNCTION "audit_text"(r "audit_log") RETURNS text LANGUAGE sql IMMUTABLE SET search_path FROM CURRENT AS $$
  SELECT r.seq::text || E'\n' || (extract(epoch FROM r.at) * 1000)::bigint::text
    || E'\n' || r.actor_kind || E'\n' || coalesce(r.actor_id, '') || E'\n' || r.action
    || E'\n' || coalesce(r.subject_kind, '') || E'\n' || coalesce(r.subject_id, '')
    || E'\n' || r.details || E'\n' || encode(r.previous_hash, 'hex')
$$;

CREATE FUNCTION "chain_audit_row"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  last record;
BEGIN
  PERFORM one_writer();
  SELECT seq, hash INTO last FROM audit_log ORDER BY seq DESC LIMIT 1;
  NEW.seq := coalesce(last.seq, 0) + 1;
  NEW.at := date_trunc('milliseconds', clock_timestamp());
  NEW.previous_hash := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
  NEW.hash := sha256(convert_to(audit_text(NEW), 'UTF8'));
  RETURN NEW;
END $$;
CREATE TRIGGER "audit_log_chain" BEFORE INSERT ON "audit_log"
  FOR EACH ROW EXECUTE FUNCTION "chain_audit_row"();

ALTER TABLE "audit_log" ADD CONSTRAINT "audit_log_lines_check" CHECK (
  position(E'\n' IN "actor_kind" || coalesce("actor_id", '') || "action" || coalesce("subject_kind", '')
    || coalesce("subject_id", '') || "details") = 0
);

CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is only added to' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER "audit_log_append_only" BEFORE UPDATE OR DELETE ON "audit_log"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "audit_log_no_truncate" BEFORE TRUNCATE ON "audit_log"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
