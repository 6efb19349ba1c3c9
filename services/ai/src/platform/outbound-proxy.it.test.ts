import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testSpace, until } from '@baton/testkit';
import { type ModelServer, startModelServer, vendors } from '@baton/testkit/model-server';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Bench, createBench } from '../../test/ai-service.ts';
import { createRunner } from '../../test/service-process.ts';

/* The way to a model outside: through the proxy of a company, with a certificate that the company signed itself. */

const HOST = 'model.example';
const folder = mkdtempSync(join(tmpdir(), 'baton-outbound-'));
const space = await testSpace();
const runner = createRunner(space.env);
let bench: Bench;
let model: ModelServer;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let caFile: string;

/** A proxy that tunnels, for clients that know its password, to the model server, whatever the host. */
async function startProxy(target: () => number) {
  const asked: string[] = [];
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on('connect', (request, socket) => {
    const authorization = Buffer.from(request.headers['proxy-authorization']?.slice('Basic '.length) ?? '', 'base64');
    asked.push(`${request.url} ${authorization}`);
    const there = connect(target(), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      there.pipe(socket).pipe(there);
    });
    for (const end of [socket, there]) end.on('error', () => [socket, there].map((each) => each.destroy()));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    asked,
    url: `http://user:pass-word@127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => server.close(),
  };
}

beforeAll(async () => {
  const pems = await generate([{ name: 'commonName', value: HOST }], {
    notAfterDate: new Date(Date.now() + 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: HOST }] },
    ],
  });
  caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, pems.cert);
  bench = await createBench(space);
  model = await startModelServer({ key: pems.private, cert: pems.cert });
  model.speak(vendors.groq);
  model.say({ text: 'We open at nine.' });
  proxy = await startProxy(() => Number(new URL(model.origin).port));
});
afterAll(async () => {
  await bench.stop();
  await model.close();
  proxy.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => runner.endAll());

it('a proxy and a private certificate: the model answers, and the password is not logged', async () => {
  const service = await runner.run({
    OPENAI_BASE_URL: `https://${HOST}/v1`,
    OPENAI_MODEL: 'm',
    HTTPS_PROXY: proxy.url,
    NODE_EXTRA_CA_CERTS: caFile,
  });
  await service.up();
  await bench.consumerMade();
  const id = bench.session.start();
  await until(() => bench.session.entries(id).length === 2, { what: 'the greeting' });
  bench.session.say(id, 'When do you open?');
  await until(() => bench.session.answers(id).length > 0, { what: 'the answer' });
  expect(bench.session.answers(id)).toMatchObject([{ content: 'We open at nine.' }]);
  expect(proxy.asked).toContain(`${HOST}:443 user:pass-word`);
  expect(service.output.text).toContain('the model is reached through a proxy');
  expect(service.output.text).not.toContain('pass-word');
});

it('an untrusted certificate: health names the variable to set', async () => {
  const service = await runner.run({
    OPENAI_BASE_URL: `https://${HOST}/v1`,
    OPENAI_MODEL: 'm',
    HTTPS_PROXY: proxy.url,
  });
  await service.up();
  await until(async () => (await service.health()).parts.model?.status === 'down', { what: 'health to be down' });
  expect((await service.health()).parts.model?.detail).toContain('see NODE_EXTRA_CA_CERTS');
});

it('what runs on this machine, and what NO_PROXY names, is reached without the proxy', async () => {
  const before = proxy.asked.length;
  const service = await runner.run({
    OPENAI_BASE_URL: bench.model.baseUrl,
    OPENAI_MODEL: bench.model.model,
    http_proxy: proxy.url,
    NO_PROXY: 'elsewhere.example',
  });
  await service.up();
  await until(async () => (await service.health()).parts.model?.detail === undefined, {
    what: 'the model to be there',
  });
  expect((await service.health()).parts.model?.status).toBe('up');
  expect(proxy.asked.length).toBe(before);
});
