import type { Statements } from '@baton/postgres';
import { newId } from '@baton/runtime';
import { byAccount } from '../audit/note.ts';
import { noteInAudit } from '../audit/store-postgres.ts';

interface Identity {
  issuer: string;
  subject: string;
}

/**
 * Gives an identity to an account, whose row is locked. `taken`: it is another account's, or the account has another
 * one at this provider.
 */
export async function linkIdentity(
  transaction: Statements,
  accountId: string,
  { issuer, subject }: Identity,
): Promise<'linked' | 'known' | 'taken'> {
  const made = await transaction.statement(
    `/* link identity */ INSERT INTO identities (id, account_id, issuer, subject) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING RETURNING id`,
    newId(),
    accountId,
    issuer,
    subject,
  );
  if (made.length > 0) return 'linked';
  const known = await transaction.statement(
    '/* known identity */ SELECT id FROM identities WHERE account_id = $1 AND issuer = $2 AND subject = $3',
    accountId,
    issuer,
    subject,
  );
  return known.length > 0 ? 'known' : 'taken';
}

export const noteLink = (transaction: Statements, accountId: string, { issuer }: Pick<Identity, 'issuer'>) =>
  noteInAudit(transaction, {
    by: byAccount(accountId),
    action: 'provider.linked',
    on: { kind: 'account', id: accountId },
    details: { issuer },
  });

/**
 * Until the transaction ends, no login of this provider begins and no logout of it is carried out: the one that comes
 * second sees what the first has done.
 */
export async function lockProvider(transaction: Statements, issuer: string): Promise<void> {
  await transaction.statement(
    "/* lock provider */ SELECT pg_advisory_xact_lock(hashtextextended('baton.workspace.provider ' || $1, 0))",
    issuer,
  );
}
