import type { SystemHealth } from '@baton/contracts';
import { createLog } from '@baton/runtime';
import { describe, expect, it, vi } from 'vitest';
import { clientAddress, createAddressOf } from './client-address.ts';
import { createOriginCheck } from './origins.ts';
import { overall } from './system-health.ts';

describe('the address of a client', () => {
  const request = (forwarded?: string | string[]) => ({
    headers: { 'x-forwarded-for': forwarded },
    socket: { remoteAddress: '10.0.0.1' },
  });
  it('[S3] is what cannot be made up: the peer, or what the trusted proxies say', () => {
    expect(clientAddress(request('6.6.6.6'), 0)).toBe('10.0.0.1');
    expect(clientAddress(request('6.6.6.6, 1.2.3.4'), 1)).toBe('1.2.3.4');
    expect(clientAddress(request('6.6.6.6, 1.2.3.4, 10.0.0.9'), 2)).toBe('1.2.3.4');
    expect(clientAddress(request(['6.6.6.6', '1.2.3.4']), 1)).toBe('1.2.3.4');
    expect(clientAddress(request(), 1)).toBe('10.0.0.1');
    expect(clientAddress(request('1.2.3.4'), 3)).toBe('10.0.0.1');
    expect(clientAddress(request(''), 1)).toBe('10.0.0.1');
  });

  it.each([
    // Nothing to say: no proxy, a probe that comes past it, as many as are trusted, and one that need not be believed.
    { trusted: 0, arrive: [undefined], warning: undefined },
    { trusted: 1, arrive: [undefined, '1.2.3.4', '6.6.6.6, 1.2.3.4'], warning: undefined },
    { trusted: 0, arrive: [undefined, '1.2.3.4', '5.6.7.8'], warning: 'while TRUSTED_PROXIES is 0' },
    { trusted: 2, arrive: ['1.2.3.4, 10.0.0.9', '1.2.3.4'], warning: 'fewer proxies than TRUSTED_PROXIES' },
  ])('[S3] says once when TRUSTED_PROXIES=$trusted does not fit $arrive', ({ trusted, arrive, warning }) => {
    const log = createLog({ service: 'gateway', instance: 'test', level: 'silent' });
    const warn = vi.spyOn(log, 'warn');
    const addressOf = createAddressOf(trusted, log);
    for (const forwarded of [...arrive, ...arrive])
      expect(addressOf(request(forwarded))).toBe(clientAddress(request(forwarded), trusted));
    expect(warn).toHaveBeenCalledTimes(warning === undefined ? 0 : 1);
    if (warning !== undefined) expect(warn).toHaveBeenCalledWith(expect.anything(), expect.stringContaining(warning));
  });
});

describe('origins', () => {
  it('in development any page of this machine may connect', () => {
    const allowed = createOriginCheck({ allowed: undefined, production: false });
    for (const origin of ['http://localhost:3000', 'http://127.0.0.1', 'https://localhost', 'http://[::1]:5173'])
      expect(allowed(origin, 'gateway:3001'), origin).toBe(true);
    for (const origin of ['http://localhost.evil.example', 'http://evil.example', 'null', 'http://localhost:x'])
      expect(allowed(origin, 'gateway:3001'), origin).toBe(false);
  });
  it('when some are named only these, and the pages that we serve ourselves', () => {
    const allowed = createOriginCheck({ allowed: ['https://shop.example'], production: true });
    expect(allowed('https://shop.example', 'chat.example')).toBe(true);
    expect(allowed('https://chat.example', 'chat.example')).toBe(true);
    expect(allowed('http://shop.example', 'chat.example')).toBe(false);
    expect(allowed('http://localhost:3000', 'chat.example')).toBe(false);
  });
  it('who comes without one is no page', () => {
    expect(createOriginCheck({ allowed: [], production: true })(undefined, 'chat.example')).toBe(true);
  });
});

describe('overall health', () => {
  const all = (down?: keyof SystemHealth['services']): SystemHealth['services'] => {
    const up = { status: 'up' } as const;
    const parts = { gateway: up, session: up, queue: up, ai: up, postgres: up, redis: up, nats: up, model: up };
    return down === undefined ? parts : { ...parts, [down]: { status: 'down' } };
  };
  it('[O3] is down without what every chat needs, degraded without the rest', () => {
    expect(overall(all())).toBe('up');
    for (const part of ['gateway', 'session', 'postgres', 'nats'] as const) expect(overall(all(part))).toBe('down');
    for (const part of ['queue', 'ai', 'redis', 'model'] as const) expect(overall(all(part))).toBe('degraded');
  });
});
