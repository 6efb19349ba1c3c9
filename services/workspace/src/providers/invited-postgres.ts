import { accountName } from '@baton/contracts';
import type { Statements } from '@baton/postgres';
import { newId } from '@baton/runtime';
import { OPEN } from '../accounts/open-links-postgres.ts';
import { byAccount } from '../audit/note.ts';
import { noteInAudit } from '../audit/store-postgres.ts';

/** The first that can be a name; a mail address always has one. */
const nameOf = (...names: readonly (string | null | undefined)[]): string =>
  names.map((name) => accountName.safeParse(name).data).find((name) => name !== undefined) ?? 'New colleague';

/**
 * The account of a person who is invited by this mail address, which a provider has verified: it stands for the secret
 * of the link that was sent there. Undefined when nobody has invited it.
 */
export async function acceptInvitation(
  transaction: Statements,
  { mail, name }: { mail: string; name: string | undefined },
): Promise<string | undefined> {
  const [link] = await transaction.statement<{ id: string; name: string | null; roleId: string }>(
    `/* use invitation of mail */ UPDATE links SET used_at = now() WHERE id = (
      SELECT id FROM links WHERE kind = 'invitation' AND mail = $1 AND ${OPEN} ORDER BY id DESC LIMIT 1 FOR UPDATE
    ) RETURNING id, name, role_id AS "roleId"`,
    mail,
  );
  if (link === undefined) return undefined;
  const id = newId();
  await transaction.statement(
    `/* create account of invitation */ INSERT INTO accounts (id, mail, mail_confirmed, name, role_id)
    VALUES ($1, $2, true, $3, $4)`,
    id,
    mail,
    nameOf(link.name, name, mail.slice(0, mail.lastIndexOf('@'))),
    link.roleId,
  );
  await noteInAudit(transaction, {
    by: byAccount(id),
    action: 'account.created',
    on: { kind: 'account', id },
    details: { roleId: link.roleId, link: link.id },
  });
  return id;
}
