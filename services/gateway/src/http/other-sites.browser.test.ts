import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testSpace } from '@baton/testkit';
import { launchBrowser, type Page } from '@baton/testkit/browser';
import { afterAll, describe, expect, it } from 'vitest';
import { startTestGateway } from '../../test/gateways.ts';
import { startSystem } from '../../test/system.ts';

const space = await testSpace();
const { left } = await startSystem(space);
const site = createServer((_, response) => {
  response.setHeader('content-type', 'text/html').end('<!doctype html><title>Another site</title>');
});
await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
const sitePort = (site.address() as AddressInfo).port;
const names = ['evil.example', 'shop.example', 'chat.example', 'rebound.example'];
const browser = await launchBrowser(Object.fromEntries(names.map((name) => [name, '127.0.0.1'])));
const production = await startTestGateway(space, 'production', {
  NODE_ENV: 'production',
  SESSION_SECRET: 's'.repeat(32),
  AGENT_KEY: 'a'.repeat(24),
  ADMIN_KEY: 'b'.repeat(24),
  FRONTEND_URL: `http://shop.example:${sitePort}`,
  ALLOWED_HOSTS: 'chat.example',
  DATABASE_URL: 'postgresql://baton:of-its-own-for-production@127.0.0.1/baton',
});
afterAll(async () => {
  await browser.close();
  await production.stop();
  site.close();
});
const portOf = (gateway: { url: string }) => new URL(gateway.url).port;

/** What a page gets that tries each way to Engine.IO that a browser has. */
async function tryEverything(page: Page, gateway: string): Promise<Record<string, string>> {
  return page.evaluate(async (url) => {
    const engine = `${url}/socket.io/?EIO=4&transport=`;
    const within = <T>(work: Promise<T>) =>
      Promise.race([work, new Promise<string>((resolve) => setTimeout(() => resolve('nothing'), 5_000))]);
    const told = (error: unknown) => `refused: ${String(error)}`;
    const webSocket = within(
      new Promise<string>((resolve) => {
        const socket = new WebSocket(`${engine.replace('http', 'ws')}websocket`);
        socket.onmessage = ({ data }) => resolve(String(data));
        socket.onerror = () => resolve('refused');
      }),
    );
    const polling = within(fetch(`${engine}polling`).then((response) => response.text(), told));
    const credentials = { credentials: 'include', mode: 'cors' } as const;
    const withCookies = within(fetch(`${engine}polling`, credentials).then((response) => response.text(), told));
    // What comes back is not shown to the page, whatever it is.
    const opaque = within(fetch(`${engine}polling`, { mode: 'no-cors' }).then((response) => response.text(), told));
    const script = (query: string) =>
      within(
        new Promise<string>((resolve) => {
          // JSONP of Engine.IO calls these, by number.
          Object.assign(window, { ___eio: [resolve, resolve] });
          const tag = document.createElement('script');
          tag.src = `${engine}polling${query}`;
          tag.onerror = () => resolve('refused');
          tag.onload = () => resolve('nothing');
          document.head.append(tag);
        }),
      );
    const jsonp = await script('&j=0');
    return {
      webSocket: await webSocket,
      polling: await polling,
      withCookies: await withCookies,
      opaque: await opaque,
      jsonp,
      again: await script('&j=1'),
      info: await within(fetch(`${url}/api/info`).then((response) => response.text(), told)),
    };
  }, gateway);
}
async function pageAt(url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  return page;
}
/**
 * A page at an address of the gateway that does whatever it likes, as one would that its site had given before it
 * pointed its name here: what policy our own answer has does not hold for it.
 */
async function pageInPlaceOf(url: string): Promise<Page> {
  const page = await browser.newPage({ bypassCSP: true });
  await page.goto(`${url}/nothing-here`);
  return page;
}
/** A connection's id, or anything that an answer of ours holds. */
const ANYTHING = /sid|pingInterval|baton|features/;

describe('[S1] a page of another site', () => {
  it.each([
    ['while developing, by address', () => `http://127.0.0.1:${portOf(left)}`],
    ['while developing, by name', () => `http://localhost:${portOf(left)}`],
    ['in production, by address', () => `http://127.0.0.1:${portOf(production)}`],
    // For a name that is not this machine's, without TLS, Chromium says nothing of where a request comes from.
    ['in production, by name', () => `http://chat.example:${portOf(production)}`],
  ])('gets nothing by WebSocket, polling or a script tag, %s', async (_, url) => {
    const page = await pageAt(`http://evil.example:${sitePort}/`);
    const got = await tryEverything(page, url());
    for (const [way, answer] of Object.entries(got)) expect(answer, way).not.toMatch(ANYTHING);
    expect(Object.keys(got)).toHaveLength(7);
    await page.close();
  });

  it('gets all of it when it is named in FRONTEND_URL, except by a script tag: these ways do work', async () => {
    const page = await pageAt(`http://shop.example:${sitePort}/`);
    const got = await tryEverything(page, `http://chat.example:${portOf(production)}`);
    for (const way of ['webSocket', 'polling', 'info']) expect(got[way], way).toMatch(ANYTHING);
    for (const way of ['jsonp', 'again']) expect(got[way], way).not.toMatch(ANYTHING);
    await page.close();
  });
});

describe('[S1] a site that points its own name at this machine', () => {
  it.each([
    ['while developing', () => left],
    ['in production with ALLOWED_HOSTS', () => production],
  ])('gets nothing, though for the browser it is the same origin, %s', async (_, gateway) => {
    const own = `http://rebound.example:${portOf(gateway())}`;
    const page = await pageInPlaceOf(own);
    const got = await tryEverything(page, own);
    for (const [way, answer] of Object.entries(got)) expect(answer, way).not.toMatch(ANYTHING);
    const metrics = await page.evaluate(async () => (await fetch('/metrics')).status);
    expect(metrics).toBe(421);
    await page.close();
  });

  it('the names that it has work, for pages that the gateway serves itself', async () => {
    for (const url of [`http://localhost:${portOf(left)}`, `http://chat.example:${portOf(production)}`]) {
      const page = await pageInPlaceOf(url);
      const got = await tryEverything(page, url);
      for (const way of ['webSocket', 'polling', 'info']) expect(got[way], `${url} ${way}`).toMatch(ANYTHING);
      await page.close();
    }
  });
});
