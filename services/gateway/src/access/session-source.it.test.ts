import { testSpace } from '@baton/testkit';
import { expect, it } from 'vitest';
import { granted } from '../../test/gateways.ts';
import { startSystem } from '../../test/system.ts';

const space = await testSpace();
const { services, left, right, client } = await startSystem(space, { TRUSTED_PROXIES: '1' });

it('[S6] every gateway tells alike where a chat comes from; what a client says of it is not heard', async () => {
  const starts = async (gateway: typeof left, address: string, userId: string) => {
    const customer = client(gateway, { extraHeaders: { 'x-forwarded-for': `6.6.6.6, ${address}` } });
    const payload = { userId, source: 'made.up' } as { userId: string };
    const opened = granted(await customer.ask('customer:start_chat', payload));
    expect(JSON.stringify([opened, customer.received])).not.toContain('source');
  };
  await starts(left, '192.0.2.7', 'ada');
  await starts(right, '192.0.2.7', 'ada');
  await starts(left, '192.0.2.7', 'bob');
  await starts(left, '198.51.100.1', 'ada');
  expect(services.sources).toHaveLength(4);
  const [ada = [], again, bob = [], elsewhere = []] = services.sources.map((source) => source?.split('.'));
  expect(ada).toEqual([expect.stringMatching(/^[\w-]{22}$/), expect.stringMatching(/^[\w-]{22}$/)]);
  expect(again).toEqual(ada);
  expect([bob[0] === ada[0], bob[1] === ada[1]]).toEqual([true, false]);
  expect(ada).not.toEqual(expect.arrayContaining([elsewhere[0]]));
  expect(ada).not.toEqual(expect.arrayContaining([elsewhere[1]]));
});
