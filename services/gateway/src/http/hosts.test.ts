import { expect, it } from 'vitest';
import { createHostCheck } from './hosts.ts';

it.each([
  // A name that somebody may own is no name of ours unless it was given.
  [
    'development',
    undefined,
    ['localhost:3001', '127.0.0.1:3001', '[::1]:3001', 'gateway:3001', 'a.localhost', undefined],
    ['rebound.example:3001', '127.0.0.1.evil.example', 'evil.localhost.example'],
  ],
  [
    'development',
    ['chat.test'],
    ['chat.test:3001', 'Chat.Test', 'localhost:3001'],
    ['gateway:3001', 'evil.chat.test', '10.0.0.7'],
  ],
  [
    'production',
    ['chat.example'],
    ['chat.example', 'chat.example:8443', '127.0.0.1:3001'],
    ['evil.example', 'chat.example.evil.example'],
  ],
  ['production', undefined, ['chat.example', 'any.example'], []],
] as const)('[S1] in %s with %j', (mode, allowed, let_in, kept_out) => {
  const check = createHostCheck({ allowed, production: mode === 'production' });
  for (const host of let_in) expect(check(host), String(host)).toBe(true);
  for (const host of kept_out) expect(check(host), host).toBe(false);
});
