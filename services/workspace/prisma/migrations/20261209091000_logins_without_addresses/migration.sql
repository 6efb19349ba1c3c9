-- Written and never read. The release before this one still names these columns when somebody logs in; no gateway of it
-- asks for logins, so nobody notices while both run.
-- AlterTable
ALTER TABLE "logins" DROP COLUMN "address_hash";

-- AlterTable
ALTER TABLE "login_steps" DROP COLUMN "address_hash";
