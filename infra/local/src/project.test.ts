import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { projectEnv, readEnvFile } from './project.ts';
import { developmentSecrets, envText } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'baton-env-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('adds .env to the environment, which wins', () => {
  writeFileSync(join(folder, '.env'), 'PORT=4000\nNATS_URL="nats://there:4222" # ours\nREDIS_URL=\n');
  expect(projectEnv({ PORT: '5000', EMPTY: '' }, folder)).toEqual({ PORT: '5000', NATS_URL: 'nats://there:4222' });
});

it('does without a .env', () => {
  expect(projectEnv({ A: '1' }, join(folder, 'nowhere'))).toEqual({ A: '1' });
});

it('reads back what it writes', () => {
  const variables = { URL: 'redis://:p#ss@host:1/0?a=b', NAME: 'two words' };
  const file = join(folder, 'written.env');
  writeFileSync(file, envText(variables));
  expect(readEnvFile(file)).toEqual(variables);
});

it('makes development secrets once, for their owner only, and keeps them', () => {
  const file = join(folder, 'data', 'secrets.env');
  const first = developmentSecrets(file, ['A_SECRET']);
  expect(first.A_SECRET).toMatch(/^[\w-]{43}$/);
  expect(statSync(file).mode & 0o077).toBe(0);
  const second = developmentSecrets(file, ['A_SECRET', 'B_SECRET']);
  expect(second.A_SECRET).toBe(first.A_SECRET);
  expect(second.B_SECRET).toMatch(/^[\w-]{43}$/);
  expect(second.B_SECRET).not.toBe(first.A_SECRET);
});

it('makes no file when no secret is needed', () => {
  const file = join(folder, 'none', 'secrets.env');
  expect(developmentSecrets(file, [])).toEqual({});
  expect(() => statSync(file)).toThrow(/ENOENT/);
});
