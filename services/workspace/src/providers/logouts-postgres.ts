import type { Revocation } from '@baton/contracts';
import type { Statements } from '@baton/postgres';
import { SYSTEM } from '../audit/note.ts';
import { noteInAudit } from '../audit/store-postgres.ts';
import type { Database } from '../platform/database-postgres.ts';
import { hashOf } from '../platform/secrets.ts';
import { revoke } from '../revocations/store-postgres.ts';
import { lockProvider } from './link-postgres.ts';
import type { ProviderLogout } from './logout-token.ts';
import type { Proof } from './proof.ts';

/**
 * Whose a row of logins or login_steps is: with a session, that session's, and those of the person of which no session
 * is known; else all of the person.
 */
const NAMED = `issuer = $1 AND (provider_session = $3
  OR (subject = $2 AND ($3::text IS NULL OR provider_session IS NULL)))
  AND ($2::text IS NULL OR subject = $2)`;

/** Whether a provider has ended meanwhile what an ID token of it proves. The provider is locked. */
export async function isLoggedOut(
  transaction: Statements,
  { issuer, subject, providerSession, issuedAt }: Pick<Proof, 'issuer' | 'subject' | 'providerSession' | 'issuedAt'>,
): Promise<boolean> {
  const found = await transaction.statement(
    `/* logged out meanwhile */ SELECT 1 FROM provider_logouts WHERE issuer = $1
      AND (provider_session = $3 OR (subject = $2 AND issued_at >= $4 AND (provider_session IS NULL OR $3::text IS NULL)))
    LIMIT 1`,
    issuer,
    subject,
    providerSession,
    issuedAt,
  );
  return found.length > 0;
}

export function createProviderLogoutStore(database: Database) {
  return {
    /** Ends what a provider says has ended there; undefined when this token was seen before. */
    carryOut: (logout: ProviderLogout, providerId: string): Promise<Revocation[] | undefined> =>
      database.transaction(async (transaction) => {
        const { issuer, subject, providerSession, jti, issuedAt } = logout;
        await lockProvider(transaction, issuer);
        const fresh = await transaction.statement(
          `/* note provider logout */
          INSERT INTO provider_logouts (issuer, jti_hash, subject, provider_session, issued_at) VALUES ($1, $2, $3, $4, $5)
          ON CONFLICT DO NOTHING RETURNING 1`,
          issuer,
          hashOf(jti),
          subject,
          providerSession,
          issuedAt,
        );
        if (fresh.length === 0) return undefined;
        // Steps first: one that is being finished is a login by then, or finds itself gone.
        const of = [issuer, subject, providerSession];
        await transaction.statement(`/* end steps by provider */ DELETE FROM login_steps WHERE ${NAMED}`, ...of);
        const ended = await transaction.statement<{ id: string; accountId: string }>(
          `/* end logins by provider */ DELETE FROM logins WHERE ${NAMED} RETURNING id, account_id AS "accountId"`,
          ...of,
        );
        const [first] = ended;
        await noteInAudit(transaction, {
          by: SYSTEM,
          action: 'provider.logout',
          ...(first && { on: { kind: 'account', id: first.accountId } }),
          details: { provider: providerId, logins: ended.length },
        });
        const revocations: Revocation[] = [];
        for (const { id } of ended) {
          const on = { kind: 'login', id } as const;
          await noteInAudit(transaction, { by: SYSTEM, action: 'login.ended', on, details: { provider: providerId } });
          revocations.push(await revoke(transaction, 'login', id, 'provider'));
        }
        return revocations;
      }),
  };
}
