import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../src/project.ts';

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
  const configs = ['packages/runtime', `services/${name}`].map((folder) => read(`${folder}/src/config.ts`)).join('\n');
  const settings = [...configs.matchAll(/^ +([A-Z][A-Z0-9_]+):/gm)].map(([, setting = '']) => setting);
  const given = Object.keys(services[name]?.environment ?? {});
  expect(settings.length).toBeGreaterThan(5);
  expect(settings.filter((setting) => !given.includes(setting) && !notHandedOn.includes(setting))).toEqual([]);
});

it('asks nobody about their health more than twice a minute', () => {
  const intervals = Object.values(services).flatMap(({ healthcheck }) => healthcheck?.interval ?? []);
  const inImages = [...read('infra/docker/Dockerfile').matchAll(/HEALTHCHECK --interval=(\S+)/g)].map(
    ([, time]) => time,
  );
  expect([...intervals, ...inImages]).toEqual(['30s', '30s', '30s', '30s']);
});
