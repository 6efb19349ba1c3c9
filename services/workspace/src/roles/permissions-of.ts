import { builtInRole, builtInRoles, type Permission, permission, type RoleId } from '@baton/contracts';

const known = new Set<string>(permission.options);
const isPermission = (name: string): name is Permission => known.has(name);

/** Those that this release knows: any other name, of a later one, allows nothing. */
export const permissionsIn = (stored: readonly string[]): Permission[] => stored.filter(isPermission);

/** What a role allows. */
export function permissionsOf(roleId: RoleId, stored: readonly string[]): Permission[] {
  const builtIn = builtInRole.safeParse(roleId);
  return builtIn.success ? [...builtInRoles[builtIn.data]] : permissionsIn(stored);
}
