import {
  type Actor,
  KEY_PREFIX,
  LOGIN_PREFIX,
  type ParsedRequestOf,
  type Permission,
  permissionRules,
  type Refusal,
  refuse,
  type WorkspaceApi,
} from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import { hashOf } from './platform/secrets.ts';

type Endpoints = WorkspaceApi['endpoints'];
type WithCredential = {
  [Key in keyof Endpoints]: ParsedRequestOf<Endpoints[Key]> extends { credential: string }
    ? 'UNAUTHENTICATED' | 'FORBIDDEN' extends Endpoints[Key]['refusals'][number]
      ? Key
      : never
    : never;
}[keyof Endpoints];
type Handler<Key extends keyof Endpoints> = Handlers<WorkspaceApi>[Key];
type Request<Key extends keyof Endpoints> = Parameters<Handler<Key>>[0];

export type AccountActor = Extract<Actor, { kind: 'account' }>;

/** A login of which this is longer ago may not change how its account logs in, nor make keys or links. */
const FRESH_MS = 15 * 60_000;

export interface Access {
  /** Who has this credential; undefined for anything that is not one, whatever the reason. */
  actorOf(credential: string): Promise<Actor | undefined>;
  /** A handler for accounts and keys with the permission that contracts' table names for the endpoint. */
  forPermission<Key extends WithCredential>(
    key: Key,
    handle: (request: Request<Key>, actor: Actor) => ReturnType<Handler<Key>>,
  ): Handler<Key>;
  /** A handler about the caller's own account, whatever its role. */
  forSelf<Key extends WithCredential>(
    key: Key,
    handle: (request: Request<Key>, actor: AccountActor) => ReturnType<Handler<Key>>,
  ): Handler<Key>;
}

export const noSuchCredential = () => refuse('UNAUTHENTICATED', 'You are not logged in, or no longer.');

/** Permission first: no handler below sees a caller who may not call it. */
export function createAccess(options: {
  readLogin: (tokenHash: Buffer) => Promise<AccountActor | undefined>;
  readKey: (tokenHash: Buffer) => Promise<Actor | undefined>;
}): Access {
  const actorOf = async (credential: string): Promise<Actor | undefined> => {
    if (credential.startsWith(LOGIN_PREFIX)) return options.readLogin(hashOf(credential));
    if (credential.startsWith(KEY_PREFIX)) return options.readKey(hashOf(credential));
    return undefined;
  };

  return {
    actorOf,
    forPermission(key, handle) {
      const permission = ruleOf(key).permission;
      if (permission === undefined) throw new Error(`${key} is for every account: use forSelf`);
      return (async (request: Request<typeof key>) => {
        const actor = await actorOf(request.credential);
        if (actor === undefined) return noSuchCredential();
        return actor.permissions.includes(permission) ? handle(request, actor) : lacksPermission(permission);
      }) as Handler<typeof key>;
    },
    forSelf(key, handle) {
      if (ruleOf(key).permission !== undefined) throw new Error(`${key} needs a permission: use forPermission`);
      return (async (request: Request<typeof key>) => {
        const actor = await actorOf(request.credential);
        if (actor === undefined) return noSuchCredential();
        return actor.kind === 'account' ? handle(request, actor) : refuse('FORBIDDEN', 'A key has no account.');
      }) as Handler<typeof key>;
    },
  };
}

function ruleOf(key: keyof Endpoints & string) {
  const { account } = permissionRules.endpoints[`workspace.${key}`];
  if (account === undefined) throw new Error(`${key} is for no account`);
  return account;
}

const lacksPermission = (permission: Permission): Refusal<'FORBIDDEN'> =>
  refuse('FORBIDDEN', `You need the permission ${permission} for this.`);

/** The refusal for a login that is too old for what it asks; undefined for a fresh one. */
export function refuseStale(actor: AccountActor, now = Date.now()): Refusal<'LOGIN_TOO_OLD'> | undefined {
  return now - Date.parse(actor.authenticatedAt) > FRESH_MS
    ? refuse('LOGIN_TOO_OLD', 'Log in again first: this needs a login of the last minutes.')
    : undefined;
}

/**
 * A handler for people who have just proved who they are: by an older login, which may be a stolen one, nobody gets a
 * way in that outlasts it.
 */
export function ifFresh<Asked, Answered>(handle: (request: Asked, actor: AccountActor) => Promise<Answered>) {
  return async (request: Asked, actor: Actor): Promise<Answered | Refusal<'LOGIN_TOO_OLD' | 'FORBIDDEN'>> => {
    if (actor.kind !== 'account') return refuse('FORBIDDEN', 'This needs a person who has just logged in.');
    return refuseStale(actor) ?? handle(request, actor);
  };
}
