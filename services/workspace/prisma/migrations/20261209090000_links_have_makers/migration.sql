-- Who has made a link: it ends when that person leaves or could not make it any more.
-- AlterTable
ALTER TABLE "links" ADD COLUMN "created_by" TEXT COLLATE "C";

-- The audit log says who has made the invitations that are open. What has no maker now was made on the machine.
UPDATE "links" SET "created_by" = a."actor_id" FROM "audit_log" a
WHERE "links"."kind" = 'invitation' AND "links"."used_at" IS NULL
  AND a."action" = 'invitation.created' AND a."subject_id" = "links"."id" AND a."actor_kind" <> 'system';

-- Of those by people who have left, or by keys, and of links for a new password, each is made anew in a moment.
DELETE FROM "links" WHERE "used_at" IS NULL
  AND ("kind" = 'reset' OR "created_by" IS NOT NULL AND "created_by" NOT IN (SELECT "id" FROM "accounts"));
