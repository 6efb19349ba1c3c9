import type { Typing } from '@baton/contracts';
import { expect, it } from 'vitest';
import type { Connection } from '../connections/connection.ts';
import { createTypingPublisher } from './typing-publisher.ts';

/** A customer of session `s`, with only what typing reads of a connection. */
const connection = {
  identity: { role: 'customer' },
  sessions: new Map([['s', {}]]),
  resuming: new Map(),
  gone: false,
} as unknown as Connection;

function customerTypes() {
  const told: boolean[] = [];
  let now = 0;
  const events = createTypingPublisher({
    agents: { isAssigned: () => false },
    // Only typing is published.
    bus: { publish: (_channel, _params, typing) => void told.push((typing as Typing).active) },
    clock: () => now,
  });
  return {
    told,
    pass: (ms: number) => {
      now += ms;
    },
    key: () => events.handlers.typing(connection, { sessionId: 's', active: true }),
    send: (answer: Promise<string>) => events.around(connection, 's', () => answer),
    leave: () => events.ended(connection),
  };
}

it('[M6] publishes a state when it is new, and now and then while it lasts', async () => {
  const { told, key, pass, leave } = customerTypes();
  await key();
  await key();
  expect(told).toEqual([true]);
  pass(2_000);
  await key();
  expect(told).toEqual([true, true]);
  leave();
  expect(told).toEqual([true, true, false]);
});

it('[M6] after a message the next key starts a new state', async () => {
  const { told, key, send } = customerTypes();
  await key();
  expect(await send(Promise.resolve('stored'))).toBe('stored');
  await key();
  expect(told).toEqual([true, true]);
});

it('[M6] a key pressed while the message is in progress is published again after it', async () => {
  const { told, key, send } = customerTypes();
  const { promise, resolve } = Promise.withResolvers<string>();
  await key();
  const sent = send(promise);
  await key();
  expect(told).toEqual([true, true]);
  resolve('stored');
  await sent;
  expect(told).toEqual([true, true, true]);
});
