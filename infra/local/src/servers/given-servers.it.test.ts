import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { natsAddress } from '@baton/addresses';
import { connect } from 'nats';
import { generate } from 'selfsigned';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort } from '../ports/ports.ts';
import { natsProgram, provision, redisProgram, type ServerProgram } from '../provision/provision.ts';
import { backend } from './backends.ts';
import { startInDocker } from './docker-server.ts';
import { startServer } from './server-process.ts';

// Servers as somebody else runs them: with passwords, tokens, several of a cluster, and certificates of their own.
const folder = await mkdtemp(join(tmpdir(), 'baton-given-'));
await chmod(folder, 0o755);
const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await rm(folder, { recursive: true, force: true });
});

const names = [
  { type: 7, ip: '127.0.0.1' },
  { type: 2, value: 'localhost' },
] as const;
const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
  notAfterDate: new Date(Date.now() + 86_400_000),
  extensions: [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'subjectAltName', altNames: [...names] },
  ],
});
const caFile = join(folder, 'ca.pem');
await writeFile(caFile, pems.cert);

const say = () => {};

/** Starts a server's program in a folder that holds its certificate. Resolves with the port when it `answers`. */
async function given(
  server: ServerProgram,
  inside: number,
  files: Record<string, string>,
  args: (dir: string, port: number) => string[],
  answers: (port: number) => Promise<void>,
): Promise<number> {
  const dir = join(folder, `${server.program}-${stops.length}`);
  await mkdir(dir);
  for (const [name, text] of Object.entries({ 'cert.pem': pems.cert, 'key.pem': pems.private, ...files }))
    await writeFile(join(dir, name), text, { mode: 0o644 });
  const how = await provision(server, say);
  const port = await freePort();
  const common = { name: server.name, dir, logFile: `${dir}.log`, durable: false, detached: false };
  const running =
    how.kind === 'docker'
      ? await startInDocker({
          ...common,
          image: how.image,
          preferredPort: port,
          port: inside,
          volume: '/given',
          command: args('/given', inside),
          url: String,
          answers: (at) => answers(Number(at)),
        })
      : await startServer({ ...common, command: how.path, args: args(dir, port), answers: () => answers(port) });
  stops.push(running.stop);
  return 'url' in running ? Number(running.url) : port;
}

const nats =
  (config: string, more: string[] = [], caOf?: string) =>
  (url: (port: number) => string) =>
    given(
      natsProgram,
      4222,
      { 'nats.conf': config },
      (dir, port) => {
        const files = more.map((word) => word.replace('./', `${dir}/`));
        return ['--port', String(port), '--config', join(dir, 'nats.conf'), ...files];
      },
      async (port) => (await connect({ ...natsAddress(url(port), caOf), timeout: 1_000, reconnect: false })).close(),
    );

describe('NATS', () => {
  it('is reached with user and password, or told apart from one that is not', async () => {
    const url = (port: number, password = 's%40cret') => `nats://ada:${password}@127.0.0.1:${port}`;
    const port = await nats('authorization { user: ada, password: "s@cret" }')(url);
    expect(await backend('nats', { NATS_URL: url(port) }, folder, say)).toMatchObject({ url: url(port) });
    // The second of the list is there, the first is not.
    const list = `nats://ada:s%40cret@127.0.0.1:1,nats://127.0.0.1:${port}`;
    expect(await backend('nats', { NATS_URL: list }, folder, say)).toMatchObject({ url: list });
    await expect(backend('nats', { NATS_URL: url(port, 'wrong') }, folder, say)).rejects.toThrow(
      /^NATS_URL is set to nats:\/\/ada:\*\*\*@127[^ ]*, but .*Authorization Violation/,
    );
  });

  it('is reached with a token', async () => {
    const url = (port: number) => `nats://t0ken@127.0.0.1:${port}`;
    const port = await nats('authorization { token: "t0ken" }')(url);
    await backend('nats', { NATS_URL: url(port) }, folder, say);
  });

  it('is reached over TLS with the authority that NATS_CA_FILE names, and not without it', async () => {
    const url = (port: number) => `tls://127.0.0.1:${port}`;
    const port = await nats('', ['--tls', '--tlscert', './cert.pem', '--tlskey', './key.pem'], caFile)(url);
    await backend('nats', { NATS_URL: url(port), NATS_CA_FILE: caFile }, folder, say);
    await expect(backend('nats', { NATS_URL: url(port) }, folder, say)).rejects.toThrow(/^NATS_URL is set to/);
  });
});

it('reaches Redis over TLS with a password and the authority that REDIS_CA_FILE names, and not without it', async () => {
  const env = (port: number) => ({ REDIS_URL: `rediss://127.0.0.1:${port}`, REDIS_PASSWORD: 'se/cret' });
  const port = await given(
    redisProgram,
    6379,
    {},
    (dir, at) => [
      ...['--port', '0', '--tls-port', String(at), '--tls-auth-clients', 'no', '--requirepass', 'se/cret'],
      ...['--save', '', '--tls-cert-file', join(dir, 'cert.pem'), '--tls-key-file', join(dir, 'key.pem')],
    ],
    async (at) => void (await backend('redis', { ...env(at), REDIS_CA_FILE: caFile }, folder, say)),
  );
  await expect(backend('redis', env(port), folder, say)).rejects.toThrow(/^REDIS_URL is set to .*certificate/);
});
