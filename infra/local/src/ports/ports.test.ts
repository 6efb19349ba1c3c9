import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { firstFreePort, freePort, refuseTakenPorts } from './ports.ts';

async function taken(host?: string): Promise<number> {
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return port;
}

it('finds ports below the ephemeral range, and never the same one twice in a row', async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()));
  expect(new Set(ports).size).toBe(20);
  for (const port of ports) expect(port).toSatisfy((n: number) => n >= 20_000 && n < 32_768);
});

it('takes the preferred port when it is free, else another', async () => {
  const free = await freePort();
  const busy = await taken();
  expect(await freePort(busy)).not.toBe(busy);
  expect(free).not.toBe(busy);
});

it.each(['0.0.0.0', '127.0.0.1', undefined])('sees a port as taken that a server has at %s', async (host) => {
  const port = await taken(host);
  expect(await firstFreePort([port])).not.toBe(port);
});

it('says which port is taken, for whom, and how to move it', async () => {
  const port = await taken();
  const other = await freePort();
  const fine = { name: 'queue', ports: [{ port: other, variable: 'QUEUE_HEALTH_PORT' }] };
  await expect(refuseTakenPorts([fine])).resolves.toBeUndefined();
  const gateway = { name: 'gateway', ports: [{ port, variable: 'PORT' }] };
  await expect(refuseTakenPorts([fine, gateway])).rejects.toThrow(
    new RegExp(
      `^Port ${port}, which gateway needs, is taken by .*\\(process ${process.pid}, started in .*\\)\\. .*PORT=\\d+ npm start$`,
    ),
  );
});
