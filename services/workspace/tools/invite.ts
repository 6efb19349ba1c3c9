// `pnpm accounts:invite [--role owner] [--mail ada@example.com] [--hours 72]`: a link that makes an account. Who can
// read the database's address needs no login for it: so an organisation that has lost its owners gets one again.
import { parseArgs } from 'node:util';
import { builtInRole, mail as mailSchema } from '@baton/contracts';
import { createLog } from '@baton/runtime';
import { linkUrl } from '../src/accounts/owner-link.ts';
import { openDatabase } from '../src/platform/database-postgres.ts';
import { createStores } from '../src/stores-postgres.ts';

const { values } = parseArgs({
  options: {
    role: { type: 'string', default: 'owner' },
    mail: { type: 'string' },
    hours: { type: 'string', default: '72' },
  },
});
const role = builtInRole.safeParse(values.role);
const address = mailSchema.optional().safeParse(values.mail);
const hours = Number(values.hours);
const problem = !role.success
  ? `--role must be one of ${builtInRole.options.join(', ')}`
  : !address.success
    ? '--mail must be a mail address'
    : Number.isInteger(hours) && hours >= 1 && hours <= 720
      ? undefined
      : '--hours must be a whole number from 1 to 720';

if (problem !== undefined || !role.success || !address.success) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 2;
} else {
  const log = createLog({ service: 'invite', instance: 'invite', level: 'warn' });
  const url = process.env.DATABASE_URL ?? '';
  const database = openDatabase({ url, poolMax: 1, name: 'baton-invite', log });
  try {
    // The lifetime of logins is not used: the service grants them.
    const { links } = createStores(database, { idleHours: 1, maxDays: 1 });
    const made = await links.invite(undefined, { roleId: role.data, mail: address.data, validHours: hours });
    if (made.kind !== 'made') throw new Error(made.kind === 'too many' ? 'too many invitations are open' : made.kind);
    const publicUrl = process.env.PUBLIC_URL || process.env.BATON_URL || 'http://localhost:3001';
    process.stdout.write(`${linkUrl(publicUrl, made.token)}\n`);
    process.stderr.write(`Makes one account with the role ${role.data}, until ${made.invitation.expiresAt}.\n`);
  } catch (error) {
    process.stderr.write(`No link was made: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  } finally {
    await database.close();
  }
}
