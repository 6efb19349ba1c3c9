import {
  type BuiltInRole,
  builtInRole,
  builtInRoles,
  permission,
  permissionMeanings,
  permissionRules,
  type Rule,
} from '../../src/index.ts';

/** docs/permissions.md: who may use what, and on whose things. */
export function permissionsPage(): string {
  return `${[
    INTRODUCTION,
    '## What each role may do',
    rolesTable(),
    '## Socket events',
    rulesTable('event', permissionRules.events),
    '## HTTP routes',
    rulesTable('route', permissionRules.routes),
    '## Endpoints on NATS',
    rulesTable('endpoint', permissionRules.endpoints),
  ].join('\n\n')}\n`;
}

const INTRODUCTION = `<!-- Generated from packages/contracts by \`pnpm contracts:generate\`; do not edit. -->
# Who may do what

One table in [contracts](../packages/contracts/src/permissions.ts) names, for every socket event, HTTP route and endpoint,
the permission that it needs and whose things it may touch; one without a row does not compile. The workspace service
enforces its own rows. The other services and the gateway still ask for \`AGENT_KEY\` and \`ADMIN_KEY\`, see
[security.md](security.md).

A cell says whose things may be touched: **own**, the caller's; **assigned**, chats that are assigned to the caller;
**offered**, these, those that wait, and ended ones that the caller had last; **any**, everybody's; **yes**, where there is
nothing to tell apart. An empty cell means no. System is a service of Baton for itself. A role of your own is any set of
the permissions below, and so is an API key; nobody can give a permission that they do not have.`;

const roles = builtInRole.options;
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function rolesTable(): string {
  const rows = permission.options.map((one) => [
    `\`${one}\``,
    permissionMeanings[one],
    ...roles.map((role) => (builtInRoles[role].includes(one) ? 'yes' : '')),
  ]);
  return table(['permission', 'allows to', ...roles], rows);
}

function rulesTable(what: string, rules: Record<string, Rule>): string {
  const rows = Object.entries(rules).map(([name, rule]) => [
    `\`${name}\``,
    permissionOf(rule),
    rule.anyone ? 'yes' : '',
    rule.customer ?? '',
    ...roles.map((role) => touchesOf(rule, role)),
    rule.system ? 'yes' : '',
  ]);
  return table([what, 'permission', 'anyone', 'customer', ...roles, 'system'], rows);
}

function permissionOf({ account }: Rule): string {
  if (account === undefined) return '';
  return account.permission === undefined ? 'an account' : `\`${account.permission}\``;
}

function touchesOf({ account }: Rule, role: BuiltInRole): string {
  if (account === undefined) return '';
  const allowed = account.permission === undefined || builtInRoles[role].includes(account.permission);
  return allowed ? account.touches : '';
}
