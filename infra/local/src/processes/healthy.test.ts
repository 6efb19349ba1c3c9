import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../ports/ports.ts';
import { healthy } from './healthy.ts';

/** Answers each request with the next of these; the last one stays. */
async function serving(...answers: [status: number, body: string][]): Promise<string> {
  const port = await freePort();
  const server = createServer((_, response) => {
    const [status, body] = (answers.length > 1 ? answers.shift() : answers[0]) ?? [500, ''];
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${port}/health`;
}

const report = (queue: object) => JSON.stringify({ status: 'x', services: { gateway: { status: 'up' }, queue } });
const WELL = report({ status: 'up' });
const ILL = report({ status: 'degraded', detail: 'no comparison' });

it('waits until all is well', async () => {
  const url = await serving([503, ''], [200, ILL], [200, WELL]);
  expect(await healthy(url)).toEqual([]);
});

it('does not wait for ever for the last parts, and names them', async () => {
  const url = await serving([200, ILL]);
  expect(await healthy(url, { complete: 50 })).toEqual(['queue is degraded (no comparison)']);
});

it('says what the system said last when it does not work in time', async () => {
  const url = await serving([503, 'no database']);
  await expect(healthy(url, { works: 50 })).rejects.toThrow(`${url} is not well after 0.05 s: 503 no database`);
  await expect(healthy('http://127.0.0.1:1/health', { works: 50 })).rejects.toThrow(/ECONNREFUSED|bad port/);
});
