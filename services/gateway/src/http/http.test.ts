import type { SystemHealth } from '@baton/contracts';
import { createLog } from '@baton/runtime';
import { describe, expect, it, vi } from 'vitest';
import { gatewayConfig } from '../config.ts';
import { clientAddress, createAddressOf } from './client-address.ts';
import { createOriginCheck } from './origins.ts';
import { overall } from './system-health.ts';

describe('the address of a client', () => {
  const request = (forwarded?: string | string[], peer: string | undefined = '10.0.0.1') => ({
    headers: { 'x-forwarded-for': forwarded },
    socket: { remoteAddress: peer },
  });
  const networks = gatewayConfig.parse({}).PROXY_NETWORKS;
  const behind = (count: number) => ({ count, networks });
  it('[S3] is what cannot be made up: the peer, or what the trusted proxies say', () => {
    expect(clientAddress(request('6.6.6.6'), behind(0))).toBe('10.0.0.1');
    expect(clientAddress(request('6.6.6.6, 1.2.3.4'), behind(1))).toBe('1.2.3.4');
    expect(clientAddress(request('6.6.6.6, 1.2.3.4, 10.0.0.9'), behind(2))).toBe('1.2.3.4');
    expect(clientAddress(request(['6.6.6.6', '1.2.3.4']), behind(1))).toBe('1.2.3.4');
    expect(clientAddress(request(), behind(1))).toBe('10.0.0.1');
    expect(clientAddress(request('1.2.3.4'), behind(3))).toBe('10.0.0.1');
    expect(clientAddress(request(''), behind(1))).toBe('10.0.0.1');
  });

  it('[S3] [S6] is not what one who comes past the proxies writes', () => {
    for (const stranger of ['192.0.2.66', '2001:db8::66', '::ffff:192.0.2.66'])
      for (const made of ['1.2.3.4', '1.2.3.4, 5.6.7.8', '10.0.0.1'])
        expect(clientAddress(request(made, stranger), behind(1))).toBe(stranger);
    const named = { count: 1, networks: gatewayConfig.parse({ PROXY_NETWORKS: '192.0.2.0/24' }).PROXY_NETWORKS };
    expect(clientAddress(request('1.2.3.4', '192.0.2.66'), named)).toBe('1.2.3.4');
    expect(clientAddress(request('1.2.3.4', '10.0.0.1'), named)).toBe('10.0.0.1');
  });

  it('is an address, with whatever proxies write around it', () => {
    expect(clientAddress(request('1.2.3.4:443'), behind(1))).toBe('1.2.3.4');
    expect(clientAddress(request('[2001:db8::1]:443'), behind(1))).toBe('2001:db8::1');
    expect(clientAddress(request('2001:db8::1'), behind(1))).toBe('2001:db8::1');
    for (const text of ['unknown', '_hidden', 'x'.repeat(10_000), '1.2.3', ':', '[', '[]'])
      expect(clientAddress(request(text), behind(1)), text.slice(0, 20)).toBe('10.0.0.1');
  });

  it.each([
    // Nothing to say: no proxy, a probe that comes past it, as many as are trusted, and one that need not be believed.
    { trusted: 0, arrive: [undefined], warning: undefined },
    { trusted: 1, arrive: [undefined, '1.2.3.4', '6.6.6.6, 1.2.3.4'], warning: undefined },
    { trusted: 0, arrive: [undefined, '1.2.3.4', '5.6.7.8'], warning: 'while TRUSTED_PROXIES is 0' },
    { trusted: 2, arrive: ['1.2.3.4, 10.0.0.9', '1.2.3.4'], warning: 'fewer proxies than TRUSTED_PROXIES' },
    { trusted: 1, arrive: [undefined, '1.2.3.4'], peer: '192.0.2.66', warning: 'from outside PROXY_NETWORKS' },
  ])('[S3] says once when TRUSTED_PROXIES=$trusted does not fit $arrive', ({ trusted, arrive, warning, peer }) => {
    const log = createLog({ service: 'gateway', instance: 'test', level: 'silent' });
    const warn = vi.spyOn(log, 'warn');
    const addressOf = createAddressOf(behind(trusted), log);
    for (const forwarded of [...arrive, ...arrive])
      expect(addressOf(request(forwarded, peer))).toBe(clientAddress(request(forwarded, peer), behind(trusted)));
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
