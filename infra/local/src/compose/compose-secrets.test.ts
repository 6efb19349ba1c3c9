import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ROOT, readEnvFile } from '../project.ts';
import { developmentSecrets } from '../secrets.ts';

/** A clone with compose.sh in it, and a docker-compose that tells what it was started with. */
let clone = '';
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'baton-clone-'));
  mkdirSync(join(clone, 'infra/docker'), { recursive: true });
  mkdirSync(join(clone, 'bin'));
  cpSync(join(ROOT, 'infra/docker/compose.sh'), join(clone, 'infra/docker/compose.sh'));
  program('docker', 'exit 1');
  program('docker-compose', 'echo "$SESSION_SECRET|$WORKSPACE_SECRET|$*"');
});
afterEach(() => rmSync(clone, { recursive: true }));

function program(name: string, script: string): void {
  writeFileSync(join(clone, 'bin', name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(clone, 'bin', name), 0o755);
}

async function compose(env: Record<string, string> = {}) {
  const done = await execa(join(clone, 'infra/docker/compose.sh'), ['up', '--build'], {
    cwd: tmpdir(),
    env: { PATH: `${join(clone, 'bin')}:/usr/bin:/bin`, ...env },
    extendEnv: false,
    reject: false,
  });
  const [secret = '', workspaceSecret = '', words = ''] = done.stdout.split('|');
  return { code: done.exitCode, secret, workspaceSecret, words, errors: done.stderr };
}
const secretsFile = () => join(clone, '.data/secrets.env');
const dotEnv = (text: string) => writeFileSync(join(clone, '.env'), text);

/** As the architecture guide has it. */
const GUIDE = `DATABASE_URL=postgresql://chat_user:chat_password@localhost:5432/chat_db
REDIS_URL=redis://localhost:6379
REDIS_PASSWORD=redis_password
OPENAI_API_KEY=your_openai_api_key_here
PORT=3001
NODE_ENV=development
FRONTEND_URL=http://localhost:3000
`;

it.each([
  ['no .env', undefined],
  ["the guide's .env", GUIDE],
])('[S8] makes a secret once for a clone with %s, for its owner only, and keeps it', async (_, text) => {
  if (text !== undefined) dotEnv(text);
  const first = await compose();
  expect(first).toMatchObject({ code: 0, words: 'up --build', secret: expect.stringMatching(/^[\w-]{43}$/) });
  expect(first.workspaceSecret).toMatch(/^[\w-]{43}$/);
  expect(first.workspaceSecret).not.toBe(first.secret);
  for (const name of ['SESSION_SECRET', 'WORKSPACE_SECRET']) expect(first.errors).toContain(name);
  expect(statSync(secretsFile()).mode & 0o077).toBe(0);
  expect(await compose()).toEqual({ ...first, errors: '' });
  // It is the one that `npm start` uses, and the other way round.
  expect(developmentSecrets(secretsFile(), ['SESSION_SECRET', 'OTHER'])).toMatchObject({
    SESSION_SECRET: first.secret,
    WORKSPACE_SECRET: first.workspaceSecret,
  });
  expect((await compose()).secret).toBe(first.secret);
});

it('[S8] uses the secret that npm start made, wherever BATON_DATA says that is', async () => {
  const names = ['SESSION_SECRET', 'WORKSPACE_SECRET'];
  const { SESSION_SECRET: made } = developmentSecrets(join(clone, 'elsewhere/secrets.env'), names);
  dotEnv('BATON_DATA=elsewhere # not here\n');
  expect(await compose()).toMatchObject({ secret: made, errors: '' });
});

it('leaves a secret that is set unchanged', async () => {
  const mine = { SESSION_SECRET: 'mine', WORKSPACE_SECRET: 'mine too' };
  expect(await compose(mine)).toMatchObject({ secret: 'mine', workspaceSecret: 'mine too' });
  // docker-compose reads .env by itself.
  dotEnv('SESSION_SECRET="from the file"\nWORKSPACE_SECRET="from the file"\n');
  expect((await compose()).secret).toBe('');
  expect(existsSync(secretsFile())).toBe(false);
});

it('[S8] names all that production lacks, and starts nothing', async () => {
  dotEnv(`${GUIDE.replace('development', 'production')}AGENT_KEY=\nADMIN_KEY='given'\n`);
  const { code, words, errors } = await compose();
  expect([code, words]).toEqual([78, '']);
  expect(errors).toContain(': SESSION_SECRET WORKSPACE_SECRET AGENT_KEY POSTGRES_PASSWORD. ');
  expect(existsSync(secretsFile())).toBe(false);
  const rest = { SESSION_SECRET: 's', WORKSPACE_SECRET: 'w', AGENT_KEY: 'a', POSTGRES_PASSWORD: 'p' };
  expect(await compose(rest)).toMatchObject({ code: 0, words: 'up --build', secret: 's' });
});

it('reads an .env as Node does', async () => {
  const text = 'export SESSION_SECRET = two words  # not this\nAGENT_KEY=\nSESSION_SECRET=\n';
  dotEnv(text);
  expect(readEnvFile(join(clone, '.env'))).toEqual({});
  expect((await compose()).secret).toMatch(/^[\w-]{43}$/);
});
