import { type ClientEventName, clientEvents } from '@baton/contracts';
import { expect, it } from 'vitest';
import type { Identity } from '../connections/connection.ts';
import type { Entitlement } from './keys.ts';
import { refuseByRole } from './rights.ts';

const names = Object.keys(clientEvents) as ClientEventName[];
const ofSupervisors = names.filter((name) => name.startsWith('admin:'));
const sides: Identity[] = [
  { role: 'stranger' },
  { role: 'customer' },
  { role: 'agent', agent: Promise.resolve(undefined) },
];
const codeOf = (
  identity: Identity,
  entitled: Partial<Entitlement> & Pick<Entitlement, 'agent' | 'admin'>,
  event: ClientEventName,
) => refuseByRole({ identity, entitled: { locked: false, ...entitled } }, event)?.code;

it('to supervise is a right, whatever else the connection does', () => {
  for (const identity of sides)
    for (const event of ofSupervisors)
      expect(codeOf(identity, { agent: false, admin: true }, event), `${identity.role} ${event}`).toBeUndefined();
});

it('[S1] nothing but the key gives that right', () => {
  for (const event of ofSupervisors) {
    expect(sides.map((identity) => codeOf(identity, { agent: true, admin: false }, event))).toEqual([
      'UNAUTHENTICATED',
      'FORBIDDEN',
      'FORBIDDEN',
    ]);
  }
});

it('that right opens nothing of agents', () => {
  for (const event of names.filter((name) => name.startsWith('agent:')))
    expect(codeOf({ role: 'stranger' }, { agent: false, admin: true }, event), event).toBe('UNAUTHENTICATED');
});

it('a chat has two sides, and a connection is on one of them', () => {
  const entitled = { agent: true, admin: true };
  expect(codeOf({ role: 'customer' }, entitled, 'agent:join')).toBe('FORBIDDEN');
  expect(codeOf({ role: 'agent', agent: Promise.resolve(undefined) }, entitled, 'customer:start_chat')).toBe(
    'FORBIDDEN',
  );
});

it('[S3] whose keys are not looked at is told to wait, and may do what needs none', () => {
  const entitled = { agent: false, admin: false, locked: true };
  expect(codeOf({ role: 'stranger' }, entitled, 'agent:join')).toBe('RATE_LIMITED');
  expect(codeOf({ role: 'stranger' }, entitled, 'admin:get_stats')).toBe('RATE_LIMITED');
  expect(codeOf({ role: 'stranger' }, entitled, 'customer:start_chat')).toBeUndefined();
});
