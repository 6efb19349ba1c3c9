import { expect, it } from 'vitest';
import { withoutSecrets } from './shown.ts';

it.each([
  ['redis://localhost:6379', 'redis://localhost:6379'],
  ['redis://:secret@localhost', 'redis://:***@localhost'],
  ['postgresql://baton@127.0.0.1:25432/baton', 'postgresql://baton@127.0.0.1:25432/baton'],
  ['postgresql://baton:a,b@c@host/baton', 'postgresql://baton:***@host/baton'],
  ['nats://t0ken@a:4222', 'nats://***@a:4222'],
  ['nats://ada:one@a:4222,nats://t0ken@b:4222,nats://c', 'nats://ada:***@a:4222,nats://***@b:4222,nats://c'],
  ['tls://t0ken@a', 'tls://***@a'],
  ['api.openai.com', 'api.openai.com'],
  ['https://host/path@2', 'https://host/path@2'],
])('shows %s as %s', (url, shown) => {
  expect(withoutSecrets(url)).toBe(shown);
});
