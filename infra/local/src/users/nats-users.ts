import { type NatsPermissions, type NatsUser, natsPermissions, natsUsers } from '@baton/contracts';
import { passwordName } from './passwords.ts';
import { OWNER } from './server-users.ts';

/**
 * The users of NATS, as a part of its configuration. Passwords are variables, which nats-server reads from its
 * environment. It reads their values as configuration too, so each stands in double quotes there: `natsEnv`.
 * @param root first token of every subject; `*` covers every installation of a server, as on those of tests, which then
 * have an owner who may do everything
 */
export function natsUsersConfig(root: string): string {
  const users = natsUsers.map((user) => userConfig(user, natsPermissions(user, root)));
  const owner = root === '*' ? [`    { user: ${OWNER}, password: $${passwordName('nats', OWNER)} }`] : [];
  return `authorization {\n  users: [\n${[...users, ...owner].join('\n')}\n  ]\n}\n`;
}

function userConfig(user: NatsUser, { publish, subscribe, allowResponses }: NatsPermissions): string {
  const permissions = [
    // An empty list would allow everything.
    publish.length === 0 ? 'publish: { deny: ">" }' : `publish: ${listOf(publish)}`,
    `subscribe: ${listOf(subscribe)}`,
    ...(allowResponses ? ['allow_responses: true'] : []),
  ];
  return [
    '    {',
    `      user: ${user}`,
    `      password: $${passwordName('nats', user)}`,
    '      permissions: {',
    ...permissions.map((line) => `        ${line}`),
    '      }',
    '    }',
  ].join('\n');
}

const listOf = (subjects: readonly string[]) =>
  `[\n${subjects.map((subject) => `          "${subject}"`).join('\n')}\n        ]`;

/** The environment of nats-server for that configuration. */
export function natsEnv(passwords: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(passwords).filter(([name]) => name.startsWith('NATS_'));
  return Object.fromEntries(entries.map(([name, password]) => [name, JSON.stringify(password)]));
}
