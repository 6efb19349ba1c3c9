import { describe, expect, it } from 'vitest';
import {
  builtInRole,
  builtInRoles,
  catalogue,
  permission,
  permissionMeanings,
  permissionRules,
  type Rule,
} from './index.ts';

const sorted = (names: Iterable<string>) => [...names].sort((a, b) => a.localeCompare(b));
const { events, routes, endpoints } = permissionRules;
const all: [string, Rule][] = [events, routes, endpoints].flatMap((rules) => Object.entries(rules));

describe('the table of permissions', () => {
  it('has a row for every event, route and endpoint, and no other', () => {
    expect(sorted(Object.keys(events))).toEqual(sorted(Object.keys(catalogue.clientEvents)));
    expect(sorted(Object.keys(routes))).toEqual(sorted(Object.keys(catalogue.http)));
    const offered = catalogue.services.flatMap((service) =>
      Object.keys(service.endpoints).map((key) => `${service.name}.${key}`),
    );
    expect(sorted(Object.keys(endpoints))).toEqual(sorted(offered));
  });

  it.each(all)('%s is for somebody', (_, rule) => {
    expect(Object.keys(rule).length).toBeGreaterThan(0);
  });

  it('every permission is needed for something, but for the one that is about people', () => {
    const needed = new Set(all.flatMap(([, { account }]) => account?.permission ?? []));
    // Those of `owners:manage` are the accounts of owners, and `chats:read` waits for its event.
    expect(permission.options.filter((one) => !needed.has(one))).toEqual(['chats:read', 'owners:manage']);
  });

  it('of the workspace, an endpoint that takes a credential asks what it is good for, and no other does', () => {
    const own = Object.entries(catalogue.services.find(({ name }) => name === 'workspace')?.endpoints ?? {});
    expect(own.length).toBeGreaterThan(20);
    for (const [key, { request }] of own) {
      const takesOne = 'credential' in request.shape && key !== 'authenticate';
      const rule: Rule | undefined = Object.entries(endpoints).find(([name]) => name === `workspace.${key}`)?.[1];
      expect(rule?.account !== undefined, key).toBe(takesOne);
    }
  });
});

describe('built-in roles', () => {
  it('have what those below them have, but for viewers, who change nothing', () => {
    const contains = (upper: readonly string[], lower: readonly string[]) => lower.every((one) => upper.includes(one));
    expect(contains(builtInRoles.owner, builtInRoles.admin)).toBe(true);
    expect(contains(builtInRoles.admin, builtInRoles.supervisor)).toBe(true);
    expect(contains(builtInRoles.supervisor, builtInRoles.agent)).toBe(true);
    expect(contains(builtInRoles.supervisor, builtInRoles.viewer)).toBe(true);
    expect(builtInRoles.viewer.filter((one) => !one.endsWith(':read'))).toEqual([]);
    expect(builtInRole.options.filter((role) => builtInRoles[role].includes('owners:manage'))).toEqual(['owner']);
  });

  it('every permission says what it allows', () => {
    for (const one of permission.options) expect(permissionMeanings[one]).toMatch(/^[a-z]/);
  });
});
