import { subjects } from '@baton/contracts';
import { expect, it } from 'vitest';
import type { Connection } from '../connections/connection.ts';
import { typingEvents } from './typing-events.ts';

/** A customer whose chat is `s`. Of the connection only what typing looks at is there. */
const connection = {
  identity: { role: 'customer' },
  chats: new Map([['s', {}]]),
  returning: new Map(),
  gone: false,
} as unknown as Connection;

function customerTypes() {
  const told: boolean[] = [];
  let now = 0;
  const events = typingEvents({
    desk: { holds: () => false },
    announcer: { live: (_, sign) => void told.push((sign as { active: boolean }).active) },
    subjects: subjects('chat'),
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

it('[M6] passes a sign on when it is new, and now and then while it lasts', async () => {
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

it('[M6] the sign behind a message is a new one', async () => {
  const { told, key, send } = customerTypes();
  await key();
  expect(await send(Promise.resolve('stored'))).toBe('stored');
  await key();
  expect(told).toEqual([true, true]);
});

it('[M6] a sign that comes while the message is under way is passed on again behind it', async () => {
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
