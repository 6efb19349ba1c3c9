-- Why a session was closed: an abandoned one is told apart from one that was solved.
ALTER TABLE "session_analytics" ADD COLUMN "closed_cause" TEXT;
