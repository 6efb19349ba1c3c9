import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startRedis } from '@baton/local';
import { writeMigration } from '@baton/local/schema-migration';
import { testSpace, until } from '@baton/testkit';
import { execa } from 'execa';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The guide's commands on servers by its names and passwords; only the ports are others. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const space = await testSpace();
const folder = await mkdtemp(join(tmpdir(), 'baton-guide-'));
let env: Record<string, string> = {};

beforeAll(async () => {
  const admin = new pg.Client({ connectionString: space.databaseUrl });
  await admin.connect();
  await admin.query(`CREATE ROLE chat_user LOGIN PASSWORD 'chat_password'`);
  await admin.query('CREATE DATABASE chat_db OWNER chat_user');
  await admin.end();
  const server = { dir: join(folder, 'redis'), logFile: join(folder, 'redis.log'), durable: false, detached: false };
  const redis = await startRedis(server, () => {});
  const client = new Redis(redis.url);
  await client.config('SET', 'requirepass', 'redis_password');
  client.disconnect();
  env = {
    DATABASE_URL: `postgresql://chat_user:chat_password@${new URL(space.databaseUrl).host}/chat_db`,
    REDIS_URL: `redis://:redis_password@localhost:${new URL(redis.url).port}`,
    REDIS_PASSWORD: 'redis_password',
    OPENAI_API_KEY: 'your_openai_api_key_here',
    NODE_ENV: 'development',
    FRONTEND_URL: 'http://localhost:3000',
  };
  return () => redis.stop();
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  const admin = new pg.Client({ connectionString: space.databaseUrl });
  await admin.connect();
  await admin.query('DROP DATABASE chat_db WITH (FORCE)');
  await admin.query('DROP ROLE chat_user');
  await admin.end();
});

const start = (words: string[], more: Record<string, string> = {}, input = '') =>
  execa('pnpm', ['--silent', ...words], {
    cwd: ROOT,
    env: { ...env, ...more },
    input,
    reject: false,
    timeout: 110_000,
  });

async function pnpm(words: string[], more: Record<string, string> = {}, input = ''): Promise<string> {
  const done = await start(words, more, input);
  if (done.exitCode !== 0) throw new Error(`${words.join(' ')}: ${done.stdout}\n${done.stderr}`);
  return done.stdout;
}

it('db:migrate, then db:seed, then db:studio', { timeout: 120_000 }, async () => {
  await pnpm(['db:migrate']);
  expect(await pnpm(['db:seed'])).toContain('Added 2 agents and 4 sessions');
  const client = new pg.Client({ connectionString: env.DATABASE_URL });
  await client.connect();
  expect((await client.query('SELECT count(*)::int AS count FROM chat_sessions')).rows).toEqual([{ count: 4 }]);
  await client.end();

  const manifest = await readFile(join(ROOT, 'services/session/package.json'), 'utf8');
  expect(JSON.parse(manifest).scripts['db:studio']).toContain('4983');
  const port = await freePort();
  const studio = start(['db:studio'], { STUDIO_PORT: String(port), BROWSER: 'none' });
  const page = () =>
    fetch(`http://localhost:${port}`).then(
      (response) => response.text(),
      () => '',
    );
  await until(async () => (await page()).includes('<div id="root">'), { within: 90_000 });
  // What the page loads is from here: it works without a network.
  expect((await page()).match(/(?:src|href)="https?:/g)).toBeNull();
  studio.kill('SIGTERM');
  await studio;
});

it('db:generate writes a migration when the schema has changed, and only then', { timeout: 120_000 }, async () => {
  const session = join(ROOT, 'services/session');
  const copy = join(folder, 'services/session');
  await mkdir(join(folder, 'infra'), { recursive: true });
  await symlink(join(ROOT, 'infra/schema-engine'), join(folder, 'infra/schema-engine'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const part of ['prisma', 'prisma.config.ts', 'package.json']) {
    await cp(join(session, part), join(copy, part), { recursive: true });
  }
  await symlink(join(session, 'node_modules'), join(copy, 'node_modules'));
  const before = await readdir(join(copy, 'prisma/migrations'));
  const unasked = () => Promise.reject(new Error('asked for a name'));
  expect(await writeMigration(copy, unasked)).toBeUndefined();

  const schema = join(copy, 'prisma/schema.prisma');
  await writeFile(schema, (await readFile(schema, 'utf8')).replace(/^model Agent \{$/m, '$&\n  nickname String?\n'));
  const made = await writeMigration(copy, async () => 'add_a_nickname');
  expect(made?.sql).toContain('ALTER TABLE "agents" ADD COLUMN     "nickname" TEXT;');
  expect(await readFile(made?.file ?? '', 'utf8')).toBe(made?.sql);
  const added = (await readdir(join(copy, 'prisma/migrations'))).filter((name) => !before.includes(name));
  expect(added).toEqual([expect.stringMatching(/^\d{14}_add_a_nickname$/)]);
  expect(await writeMigration(copy, unasked)).toBeUndefined();
});

describe.each(['redis-cli', 'own'])('redis:cli by %s', (BATON_REDIS_CLI) => {
  const as = { BATON_REDIS_CLI };

  it('is a prompt at the Redis of the URL, with its password', { timeout: 120_000 }, async () => {
    await pnpm(['redis:cli', 'SET', `chat:${BATON_REDIS_CLI}`, 'two words'], as);
    expect(await pnpm(['redis:cli', 'GET', `chat:${BATON_REDIS_CLI}`], as)).toBe('two words');
    const session = await pnpm(['redis:cli'], as, `SET a "1"\nRPUSH l x y\nLRANGE l 0 -1\nNONSENSE\nDEL a l\n`);
    for (const part of ['OK', 'x', 'y', "unknown command 'NONSENSE'", '2']) expect(session).toContain(part);
    const { port } = new URL(env.REDIS_URL ?? '');
    const withPassword = { ...as, REDIS_URL: `redis://localhost:${port}` };
    expect(await pnpm(['redis:cli', 'PING'], withPassword)).toBe('PONG');
  });

  it('says that a password is wrong, and does not go elsewhere', { timeout: 120_000 }, async () => {
    const { port } = new URL(env.REDIS_URL ?? '');
    const wrong = { ...as, REDIS_URL: `redis://:wrong@localhost:${port}`, REDIS_PASSWORD: '' };
    const done = await start(['redis:cli', 'PING'], wrong);
    expect(done.exitCode).not.toBe(0);
    expect(done.stdout + done.stderr).toContain('WRONGPASS');
  });

  it('shows what others do: MONITOR', { timeout: 120_000 }, async () => {
    const watching = start(['redis:cli', 'MONITOR'], as);
    let seen = '';
    watching.stdout.on('data', (text: Buffer) => {
      seen += text.toString();
    });
    await until(() => seen.includes('OK'), { within: 30_000 });
    const client = new Redis(env.REDIS_URL ?? '');
    await client.set('chat:seen', 'yes');
    await until(() => seen.includes('"chat:seen" "yes"'));
    client.disconnect();
    watching.kill('SIGTERM');
    await watching;
  });
});
