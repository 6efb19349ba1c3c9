import type { Database } from '../platform/database-postgres.ts';
import { hashOf } from '../platform/secrets.ts';

const VALID_MINUTES = 10;
/** Logins of one network address that may be at their providers at once: many people may be behind it. */
const MAX_OPEN = 100;

/** Logins that are at their providers. Of the secret that the browser holds there is a hash. */
export function createProviderStepStore(database: Database) {
  return {
    /** False when too many of this network address are open. */
    async begin({ secret, providerId, address }: { secret: string; providerId: string; address: string }) {
      const rows = await database.statement(
        `/* begin provider step */
        INSERT INTO provider_steps (secret_hash, provider_id, address_hash, expires_at)
        SELECT $1, $2, $3, now() + make_interval(mins => ${VALID_MINUTES})
        WHERE (SELECT count(*) FROM provider_steps WHERE address_hash = $3 AND expires_at > now()) < ${MAX_OPEN}
        RETURNING 1`,
        hashOf(secret),
        providerId,
        address,
      );
      return rows.length > 0;
    },

    /** Uses a secret up, whatever comes of it; false when it is of no login that is open at this provider. */
    async take(secret: string, providerId: string): Promise<boolean> {
      const [step] = await database.statement<{ isOpen: boolean }>(
        `/* take provider step */ DELETE FROM provider_steps WHERE secret_hash = $1
        RETURNING provider_id = $2 AND expires_at > now() AS "isOpen"`,
        hashOf(secret),
        providerId,
      );
      return step?.isOpen === true;
    },
  };
}
