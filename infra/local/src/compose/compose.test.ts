import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../project.ts';

interface Service {
  image: string;
  ports?: string[];
  environment?: Record<string, string | number | null>;
  healthcheck?: { interval: string };
  command?: string[];
}

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
// The file's own form; a service that were missing would fail the tests below.
const { services } = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service> };

it("runs the guide's servers, at its ports, by its names and passwords", () => {
  expect(services.postgres).toMatchObject({
    image: 'postgres:16',
    ports: ['127.0.0.1:${POSTGRES_PORT:-5432}:5432'],
    environment: {
      POSTGRES_USER: 'chat_user',
      POSTGRES_PASSWORD: '${POSTGRES_PASSWORD:-chat_password}',
      POSTGRES_DB: 'chat_db',
    },
  });
  expect(services.redis).toMatchObject({ image: 'redis:7', ports: ['127.0.0.1:${REDIS_PORT:-6379}:6379'] });
  expect(services.redis?.command).toContain('${REDIS_PASSWORD:-redis_password}');
  expect(services.nats?.ports).toEqual(['127.0.0.1:${NATS_PORT:-4222}:4222']);
  expect(services['redis-commander']?.ports).toEqual(['127.0.0.1:${REDIS_COMMANDER_PORT:-8081}:8081']);
});

it('publishes nothing beyond this machine', () => {
  const published = Object.values(services).flatMap(({ ports = [] }) => ports);
  expect(published.length).toBeGreaterThan(4);
  for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:/);
});

it('[S3] [S6] lets nothing but the proxy reach the gateways, and the proxy says of each request where it comes from', () => {
  const proxy = read('infra/proxy/haproxy.cfg');
  expect(services.gateway?.ports).toBeUndefined();
  expect(services.proxy?.ports).toEqual(['127.0.0.1:${PORT:-3001}:8080']);
  // One proxy, which always appends: with `if-none` it would leave what a client has made up.
  expect(services.gateway?.environment).toMatchObject({ TRUSTED_PROXIES: 1 });
  expect(proxy).toMatch(/^ *option forwardfor$/m);
  expect(proxy).not.toMatch(/if-none|del-header x-forwarded-for|set-header x-forwarded-for/i);
  // Who sends its headers slowly is the proxy's to end.
  expect(proxy).toMatch(/^ *timeout http-request 10s$/m);
});

/** Paths on the host, and what the container has by itself. */
const notHandedOn = [
  'SYSTEM_PROMPT_FILE',
  'KNOWLEDGE_DIR',
  'APPS_FOLDER',
  'HOST',
  'HEALTH_HOST',
  'INSTANCE',
  'NATS_CA_FILE',
  'REDIS_CA_FILE',
];

it.each(readdirSync(join(ROOT, 'services')))('hands on to %s each setting that it reads', (name) => {
  const files = ['packages/runtime/src/process/config.ts', `services/${name}/src/config.ts`];
  const configs = files.map(read).join('\n');
  const settings = [...configs.matchAll(/^ +([A-Z][A-Z0-9_]+):/gm)].map(([, setting = '']) => setting);
  const given = Object.keys(services[name]?.environment ?? {});
  expect(settings.length).toBeGreaterThan(5);
  expect(settings.filter((setting) => !given.includes(setting) && !notHandedOn.includes(setting))).toEqual([]);
});

it('[S8] starts no gateway without a secret, and says what to do', () => {
  const secret = services.gateway?.environment?.SESSION_SECRET;
  expect(secret).toMatch(/^\$\{SESSION_SECRET:\?.*infra\/docker\/compose\.sh.*\}$/);
  for (const name of ['AGENT_KEY', 'ADMIN_KEY']) expect(services.gateway?.environment?.[name]).toBeNull();
});

it('asks nobody about their health more than twice a minute', () => {
  const intervals = Object.values(services).flatMap(({ healthcheck }) => healthcheck?.interval ?? []);
  const inImages = [...read('infra/docker/Dockerfile').matchAll(/HEALTHCHECK --interval=(\S+)/g)].map(
    ([, time]) => time,
  );
  expect([...intervals, ...inImages]).toEqual(['30s', '30s', '30s']);
});

it('docker:dev starts the servers detached, returns when Postgres answers, and says where they are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-dev-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  copyFileSync(join(ROOT, 'infra/docker/dev.sh'), join(folder, 'dev.sh'));
  // In the place of docker-compose: it notes what it is told, and its Postgres answers when it is asked for the third
  // time.
  const compose = `#!/bin/sh
    echo "$*" >>${folder}/told
    case "$*" in
      *pg_isready*) [ "$(grep -c pg_isready ${folder}/told)" -ge 3 ] ;;
      *port*) for port; do :; done; echo "127.0.0.1:1$port" ;;
    esac`;
  writeFileSync(join(folder, 'compose.sh'), compose, { mode: 0o755 });
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  expect(scripts['docker:dev']).toBe('infra/docker/dev.sh');
  const { stdout } = await promisify(execFile)(join(folder, 'dev.sh'));
  const told = readFileSync(join(folder, 'told'), 'utf8').split('\n');
  expect(told[0]).toBe('--profile dev up --detach postgres redis nats redis-commander');
  expect(told.filter((line) => line.includes('pg_isready'))).toHaveLength(3);
  for (const address of ['localhost:15432', 'localhost:16379', 'localhost:14222', 'http://localhost:18081'])
    expect(stdout).toContain(address);
});
