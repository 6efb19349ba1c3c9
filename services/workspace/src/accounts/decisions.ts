import type { Permission, Refusal, RoleId } from '@baton/contracts';
import { refuse } from '@baton/contracts';

/** What a decision needs to know of the account that is to be changed. */
export interface Target {
  roleId: RoleId;
  permissions: readonly Permission[];
  isActive: boolean;
}

type Allowed = Pick<Target, 'permissions'>;
type Maker = Pick<Target, 'permissions' | 'isActive'>;

/** The refusal for giving permissions that the caller does not have; undefined when it has them all. */
export function refuseGrant({ permissions }: Allowed, given: readonly Permission[]): Refusal<'FORBIDDEN'> | undefined {
  const missing = given.find((one) => !permissions.includes(one));
  return missing && refuse('FORBIDDEN', `You cannot give the permission ${missing}, which you do not have.`);
}

/** Nobody changes an account that may do more: a reset of its password would be a way to become it. */
export function refuseChangeOf({ permissions }: Allowed, target: Target): Refusal<'FORBIDDEN'> | undefined {
  return target.permissions.every((one) => permissions.includes(one))
    ? undefined
    : refuse('FORBIDDEN', 'This account may do more than you may, so you cannot change it.');
}

/**
 * The refusal for a link by which somebody gets an account or a password. A link holds as long as its maker could make
 * it, so this is also asked of those that are open.
 * @param maker what it may do now; undefined when it is gone
 * @param decide what else speaks against it
 */
export function refuseLink(
  maker: Maker | undefined,
  decide: (maker: Maker) => Refusal<'FORBIDDEN'> | undefined,
): Refusal<'FORBIDDEN'> | undefined {
  return maker?.isActive === true && maker.permissions.includes('accounts:manage')
    ? decide(maker)
    : refuse('FORBIDDEN', 'You need the permission accounts:manage for this.');
}

/** Without an owner nobody could make one again. `owners`: active ones, the target included. */
export function refuseLastOwner(target: Target, owners: number): Refusal<'LAST_OWNER'> | undefined {
  const isLast = target.roleId === 'owner' && target.isActive && owners <= 1;
  return isLast ? refuse('LAST_OWNER', 'This is the last owner. Make somebody else an owner first.') : undefined;
}
