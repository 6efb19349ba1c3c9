import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type Container, serversOf } from './compose-servers.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'baton-compose-')));
const link = `${folder}-link`;
symlinkSync(folder, link);
afterAll(() => {
  rmSync(link);
  rmSync(folder, { recursive: true });
});

function container(
  service: string,
  port: string,
  hostPort: string | undefined,
  more: Partial<Container['Config']> = {},
) {
  return {
    Config: {
      Env: null,
      ...more,
      Labels: {
        'com.docker.compose.service': service,
        'com.docker.compose.project.working_dir': folder,
        ...more.Labels,
      },
    },
    NetworkSettings: {
      Ports: { [port]: hostPort === undefined ? null : [{ HostIp: '127.0.0.1', HostPort: hostPort }] },
    },
  } satisfies Container;
}

const postgres = container('postgres', '5432/tcp', '15432', {
  Env: ['PATH=/bin', 'POSTGRES_USER=chat_user', 'POSTGRES_PASSWORD=a/b=c', 'POSTGRES_DB=chat_db'],
});
const redis = container('redis', '6379/tcp', '6379', { Env: ['REDISCLI_AUTH=redis_password'] });
const nats = container('nats', '4222/tcp', '4222');

it('reads the addresses, names and passwords that the containers have', () => {
  expect(serversOf([postgres, redis, nats, container('gateway', '3001/tcp', undefined)], link)).toEqual({
    DATABASE_URL: 'postgresql://chat_user:a%2Fb%3Dc@localhost:15432/chat_db',
    REDIS_URL: 'redis://:redis_password@localhost:6379',
    NATS_URL: 'nats://localhost:4222',
  });
});

it('leaves out what is not published, and what another folder runs', () => {
  const elsewhere = { Labels: { 'com.docker.compose.project.working_dir': tmpdir() } };
  const gone = { Labels: { 'com.docker.compose.project.working_dir': join(folder, 'gone') } };
  const others = [container('nats', '4222/tcp', '4222', elsewhere), container('redis', '6379/tcp', '6379', gone)];
  expect(serversOf([container('postgres', '5432/tcp', undefined), ...others], folder)).toEqual({});
});
