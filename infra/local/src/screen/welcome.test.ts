import { expect, it } from 'vitest';
import type { Backend } from '../servers/backends.ts';
import { welcome } from './welcome.ts';

const own = { url: '', exited: new Promise<string>(() => {}), stop: async () => {} };
const shown = (nats: Pick<Backend, 'url' | 'own'>) =>
  welcome({
    url: 'http://localhost:3001',
    services: [],
    backends: [{ name: 'nats', title: 'NATS', ...nats }],
    env: {},
    watch: false,
    troubles: [],
  });

it('says how to look inside NATS, with what its command line needs to find it', () => {
  expect(shown({ url: 'nats://127.0.0.1:4222', own })).toContain('nats micro ls');
  expect(shown({ url: 'nats://127.0.0.1:21222', own })).toContain('nats --server nats://127.0.0.1:21222 micro ls');
});

it('shows no secret of a NATS that was given', () => {
  expect(shown({ url: 'nats://t0ken@nats:4222', own: undefined })).not.toContain('t0ken');
});
