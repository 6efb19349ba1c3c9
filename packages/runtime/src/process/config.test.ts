import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
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

describe('a setting in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('is read without the end of its line, also behind checks and conversions of the whole', () => {
    const DATABASE_URL_FILE = file('url', 'postgresql://ada:s3cret@localhost/baton\n');
    expect(readConfig(shape, { DATABASE_URL_FILE }).DATABASE_URL).toBe('postgresql://ada:s3cret@localhost/baton');
    const checked = shape.superRefine(() => {}).transform(({ NAME }) => NAME);
    expect(readConfig(checked, { DATABASE_URL_FILE, NAME_FILE: file('name', ' two words\n') })).toBe('two words');
  });

  it('is told apart from a setting that is itself the path of a file', () => {
    const NATS_CA_FILE = file('ca.pem', 'a certificate');
    expect(readConfig(shape, { ...good, NATS_CA_FILE }).NATS_CA_FILE).toBe(NATS_CA_FILE);
  });

  it('holds a password of the examples in production no more than a variable may', () => {
    const DATABASE_URL_FILE = file('example', 'postgresql://u:chat_password@localhost/x');
    expect(() => readConfig(shape, { NODE_ENV: 'production', DATABASE_URL_FILE })).toThrow(/^DATABASE_URL: has a pass/);
  });

  it.each([
    [{ DATABASE_URL_FILE: '/no/such/file' }, /^DATABASE_URL_FILE: must be the path of a readable file; /],
    [{ DATABASE_URL_FILE: '/' }, /^DATABASE_URL_FILE: must be the path of a readable file; /],
    [{ DATABASE_URL_FILE: file('empty', '\n') }, /^DATABASE_URL_FILE: is the path of an empty file; /],
    [{ ...good, DATABASE_URL_FILE: file('both', 's3cret') }, /^DATABASE_URL_FILE: is set, and DATABASE_URL too/],
    [{ DATABASE_URL_FILE: file('wrong', 's3cret') }, /^DATABASE_URL: must be a URL that begins with postgres/],
  ])('is refused by name and without its text: %o', (input, message) => {
    expect(() => readConfig(shape, input)).toThrow(message);
    expect(() => readConfig(shape, input)).not.toThrow(/s3cret/);
  });
});
