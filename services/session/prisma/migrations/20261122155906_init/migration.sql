-- Made by `prisma migrate dev`, then edited by hand: COLLATE "C" on every id, the parameters of the BRIN index, and
-- the last part, which Prisma cannot say. schema.prisma has the reasons.

-- CreateEnum
CREATE TYPE "session_status" AS ENUM ('bot', 'waiting', 'agent', 'closed');

-- CreateEnum
CREATE TYPE "entry_kind" AS ENUM ('message', 'event');

-- CreateEnum
CREATE TYPE "sender" AS ENUM ('user', 'bot', 'agent', 'system');

-- CreateEnum
CREATE TYPE "agent_status" AS ENUM ('available', 'busy', 'offline');

-- CreateEnum
CREATE TYPE "priority" AS ENUM ('high', 'normal', 'low');

-- CreateTable
CREATE TABLE "chat_sessions" (
    "id" TEXT COLLATE "C" NOT NULL,
    "user_id" TEXT COLLATE "C" NOT NULL,
    "status" "session_status" NOT NULL DEFAULT 'bot',
    "assigned_agent" TEXT COLLATE "C",
    "assigned_at" TIMESTAMPTZ(3),
    "bot_context" JSONB,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "epoch" INTEGER NOT NULL DEFAULT 1,
    "last_seq" INTEGER NOT NULL DEFAULT 0,
    "start_id" TEXT COLLATE "C",
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_customer_at" TIMESTAMPTZ(3),
    "waiting_since" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "unanswered_seq" INTEGER,
    "unanswered_since" TIMESTAMPTZ(3),
    "turn_worker" TEXT COLLATE "C",
    "turn_lease_until" TIMESTAMPTZ(3),
    "memory" TEXT,
    "memory_through_seq" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "chat_sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "messages" (
    "id" TEXT COLLATE "C" NOT NULL,
    "session_id" TEXT COLLATE "C" NOT NULL,
    "seq" INTEGER NOT NULL,
    "kind" "entry_kind" NOT NULL DEFAULT 'message',
    "content" TEXT NOT NULL,
    "sender" "sender" NOT NULL,
    "sender_id" TEXT COLLATE "C",
    "sender_name" TEXT,
    "client_message_id" TEXT COLLATE "C",
    "in_reply_to" INTEGER,
    "change" JSONB,
    "timestamp" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "metadata" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agents" (
    "id" TEXT COLLATE "C" NOT NULL,
    "socket_id" TEXT COLLATE "C",
    "name" TEXT NOT NULL,
    "status" "agent_status" NOT NULL DEFAULT 'available',
    "capacity" INTEGER NOT NULL DEFAULT 5,
    "active" INTEGER NOT NULL DEFAULT 0,
    "joined_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_active_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agents_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transfer_queue" (
    "id" SERIAL NOT NULL,
    "session_id" TEXT COLLATE "C" NOT NULL,
    "reason" TEXT NOT NULL,
    "priority" "priority" NOT NULL DEFAULT 'normal',
    "position" INTEGER,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "enqueued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "processed_at" TIMESTAMPTZ(3),
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "brief" JSONB,
    "requested_by" "sender" NOT NULL,
    "outcome" TEXT,

    CONSTRAINT "transfer_queue_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session_analytics" (
    "session_id" TEXT COLLATE "C" NOT NULL,
    "total_messages" INTEGER NOT NULL DEFAULT 0,
    "user_messages" INTEGER NOT NULL DEFAULT 0,
    "bot_messages" INTEGER NOT NULL DEFAULT 0,
    "agent_messages" INTEGER NOT NULL DEFAULT 0,
    "session_duration" INTEGER,
    "was_transferred" BOOLEAN NOT NULL DEFAULT false,
    "waiting_time" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "first_customer_at" TIMESTAMPTZ(3),
    "first_response_time" INTEGER,
    "handling_time" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "holds" INTEGER NOT NULL DEFAULT 0,
    "last_hold_ended_at" TIMESTAMPTZ(3),
    "first_agent_id" TEXT COLLATE "C",
    "last_agent_id" TEXT COLLATE "C",
    "closed_by" "sender",
    "rating" INTEGER,
    "prompt_tokens" INTEGER NOT NULL DEFAULT 0,
    "completion_tokens" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "session_analytics_pkey" PRIMARY KEY ("session_id")
);

-- CreateTable
CREATE TABLE "session_notes" (
    "id" TEXT COLLATE "C" NOT NULL,
    "session_id" TEXT COLLATE "C" NOT NULL,
    "agent_id" TEXT COLLATE "C" NOT NULL,
    "agent_name" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "client_note_id" TEXT COLLATE "C",
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "session_notes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "chat_sessions_status_waiting_since_idx" ON "chat_sessions"("status", "waiting_since");

-- CreateIndex
CREATE UNIQUE INDEX "chat_sessions_user_id_start_id_key" ON "chat_sessions"("user_id", "start_id");

-- CreateIndex
CREATE INDEX "messages_timestamp_idx" ON "messages" USING BRIN ("timestamp") WITH (pages_per_range = 32, autosummarize = on);

-- CreateIndex
CREATE UNIQUE INDEX "messages_session_id_seq_key" ON "messages"("session_id", "seq");

-- CreateIndex
CREATE INDEX "agents_status_idx" ON "agents"("status");

-- CreateIndex
CREATE INDEX "transfer_queue_session_id_idx" ON "transfer_queue"("session_id");

-- CreateIndex
CREATE INDEX "transfer_queue_enqueued_at_idx" ON "transfer_queue"("enqueued_at");

-- CreateIndex
CREATE INDEX "session_analytics_created_at_idx" ON "session_analytics"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "session_notes_session_id_client_note_id_key" ON "session_notes"("session_id", "client_note_id");

-- AddForeignKey
ALTER TABLE "chat_sessions" ADD CONSTRAINT "chat_sessions_assigned_agent_fkey" FOREIGN KEY ("assigned_agent") REFERENCES "agents"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "messages" ADD CONSTRAINT "messages_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "chat_sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transfer_queue" ADD CONSTRAINT "transfer_queue_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "chat_sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session_analytics" ADD CONSTRAINT "session_analytics_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "chat_sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session_notes" ADD CONSTRAINT "session_notes_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "chat_sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The part that Prisma does not know

CREATE INDEX "chat_sessions_assigned_agent_status_idx" ON "chat_sessions"("assigned_agent", "status") WHERE "assigned_agent" IS NOT NULL;
CREATE INDEX "chat_sessions_closed_at_idx" ON "chat_sessions"("closed_at") WHERE "closed_at" IS NOT NULL;
CREATE INDEX "chat_sessions_unanswered_since_idx" ON "chat_sessions"("unanswered_since") WHERE "unanswered_since" IS NOT NULL;
CREATE UNIQUE INDEX "messages_session_id_sender_client_message_id_key" ON "messages"("session_id", "sender", "client_message_id") WHERE "client_message_id" IS NOT NULL;
CREATE UNIQUE INDEX "messages_session_id_in_reply_to_key" ON "messages"("session_id", "in_reply_to") WHERE "sender" = 'bot' AND "in_reply_to" IS NOT NULL;
CREATE UNIQUE INDEX "transfer_queue_session_id_active_key" ON "transfer_queue"("session_id") WHERE "is_active";
CREATE INDEX "transfer_queue_priority_requested_at_idx" ON "transfer_queue"("priority", "requested_at") WHERE "is_active";
CREATE INDEX "transfer_queue_processed_at_idx" ON "transfer_queue"("processed_at") WHERE "processed_at" IS NOT NULL;
CREATE INDEX "session_analytics_last_hold_ended_at_idx" ON "session_analytics"("last_hold_ended_at") WHERE "last_hold_ended_at" IS NOT NULL;

-- A session is in one of four states, and each state has its own columns.
ALTER TABLE "chat_sessions"
    ADD CONSTRAINT "chat_sessions_numbers_check" CHECK ("epoch" >= 1 AND "last_seq" >= 0),
    ADD CONSTRAINT "chat_sessions_metadata_check" CHECK (jsonb_typeof("metadata") = 'object'),
    ADD CONSTRAINT "chat_sessions_assigned_agent_check" CHECK (
        CASE "status"
            WHEN 'agent' THEN "assigned_agent" IS NOT NULL
            WHEN 'closed' THEN true
            ELSE "assigned_agent" IS NULL
        END
    ),
    ADD CONSTRAINT "chat_sessions_assigned_at_check" CHECK (("status" = 'agent') = ("assigned_at" IS NOT NULL)),
    ADD CONSTRAINT "chat_sessions_waiting_since_check" CHECK (("status" = 'waiting') = ("waiting_since" IS NOT NULL)),
    ADD CONSTRAINT "chat_sessions_closed_at_check" CHECK (("status" = 'closed') = ("closed_at" IS NOT NULL)),
    ADD CONSTRAINT "chat_sessions_unanswered_check" CHECK (
        ("unanswered_seq" IS NULL) = ("unanswered_since" IS NULL)
        AND ("unanswered_seq" IS NULL OR ("status" = 'bot' AND "unanswered_seq" BETWEEN 1 AND "last_seq"))
    ),
    ADD CONSTRAINT "chat_sessions_turn_check" CHECK (("turn_worker" IS NULL) = ("turn_lease_until" IS NULL)),
    ADD CONSTRAINT "chat_sessions_memory_check" CHECK (
        ("memory" IS NULL) = ("memory_through_seq" = 0) AND "memory_through_seq" BETWEEN 0 AND "last_seq"
    );

ALTER TABLE "messages"
    ADD CONSTRAINT "messages_seq_check" CHECK ("seq" >= 1),
    ADD CONSTRAINT "messages_metadata_check" CHECK (jsonb_typeof("metadata") = 'object'),
    ADD CONSTRAINT "messages_change_check" CHECK (("kind" = 'event') = ("change" IS NOT NULL)),
    ADD CONSTRAINT "messages_in_reply_to_check" CHECK ("in_reply_to" >= 1 AND "in_reply_to" < "seq");

-- No upper limit for "active": capacity may be lowered below it.
ALTER TABLE "agents"
    ADD CONSTRAINT "agents_capacity_check" CHECK ("capacity" >= 1),
    ADD CONSTRAINT "agents_active_check" CHECK ("active" >= 0);

ALTER TABLE "transfer_queue"
    ADD CONSTRAINT "transfer_queue_position_check" CHECK ("position" >= 1),
    ADD CONSTRAINT "transfer_queue_processed_check" CHECK (
        "is_active" = ("processed_at" IS NULL) AND ("outcome" IS NULL OR NOT "is_active")
    );

ALTER TABLE "session_analytics"
    ADD CONSTRAINT "session_analytics_counts_check" CHECK (
        "user_messages" >= 0 AND "bot_messages" >= 0 AND "agent_messages" >= 0
        AND "total_messages" >= "user_messages" + "bot_messages" + "agent_messages"
        AND "holds" >= 0 AND "prompt_tokens" >= 0 AND "completion_tokens" >= 0
    ),
    ADD CONSTRAINT "session_analytics_times_check" CHECK (
        "session_duration" >= 0 AND "waiting_time" >= 0 AND "first_response_time" >= 0 AND "handling_time" >= 0
    ),
    ADD CONSTRAINT "session_analytics_rating_check" CHECK ("rating" BETWEEN 1 AND 5);

-- Rows that change with every message: room on the page for the next version. The session's own row stays small: what
-- is long in it (context, metadata, memory) goes out of line early, so that it is not copied with every message.
ALTER TABLE "chat_sessions" SET (fillfactor = 70, toast_tuple_target = 512, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE "session_analytics" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE "agents" SET (fillfactor = 50);
