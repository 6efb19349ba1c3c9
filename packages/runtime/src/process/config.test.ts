import { expect, it } from 'vitest';
import { z } from 'zod';
import { commonConfig, env, readConfig } from '../index.ts';

const shape = commonConfig.extend({
  PORT: env.port(3001),
  DATABASE_URL: env.url('postgres:', 'postgresql:'),
  AUTO: env.flag(false),
  EVERY_MS: env.integer(500, 100, 1_000),
  NAME: z.string().optional(),
});
const good = { DATABASE_URL: 'postgresql://localhost/baton' };

it('fills in what is not set, and takes an empty variable for one that is not', () => {
  const config = readConfig(shape, { ...good, PORT: '', NAME: '  ' });
  expect(config).toMatchObject({ PORT: 3001, AUTO: false, EVERY_MS: 500, SUBJECT_ROOT: 'chat', LOG_LEVEL: 'info' });
  expect(config.NAME).toBeUndefined();
});

it('takes several NATS servers, with credentials', () => {
  const NATS_URL = 'nats://ada:secret@one:4222,nats://two:4222';
  expect(readConfig(shape, { ...good, NATS_URL }).NATS_URL).toBe(NATS_URL);
});

it.each([
  [{ ...good, NATS_URL: 'nats://one,http://two' }, /^NATS_URL: must be URLs that begin with nats/],
  [{ ...good, NATS_CA_FILE: '/no/such/file' }, /^NATS_CA_FILE: must be the path of a readable file/],
  [{ ...good, PORT: '99999' }, /^PORT: /],
  [{ ...good, PORT: 'http' }, /^PORT: must be a port/],
  [{}, /^DATABASE_URL: must be set/],
  [{ DATABASE_URL: 'mysql://localhost/x' }, /^DATABASE_URL: must be a URL that begins with postgres/],
  [{ ...good, AUTO: 'maybe' }, /^AUTO: must be true or false/],
  [{ ...good, EVERY_MS: '5' }, /^EVERY_MS: must be at least 100/],
  [{ ...good, SUBJECT_ROOT: 'a.b' }, /^SUBJECT_ROOT: must be one token/],
])('names the variable that is wrong, in one line, without its value: %o', (input, message) => {
  expect(() => readConfig(shape, input)).toThrow(message);
  try {
    readConfig(shape, input);
  } catch (error) {
    expect(String(error)).not.toContain('\n');
    expect(String(error)).not.toContain('mysql');
  }
});
