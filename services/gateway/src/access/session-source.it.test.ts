import { subjects as subjectsOf } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { connect } from 'nats';
import { expect, it } from 'vitest';
import { granted } from '../../test/gateways.ts';
import { startSystem } from '../../test/system.ts';

const space = await testSpace();
const { left, right, client } = await startSystem(space, { TRUSTED_PROXIES: '1' });

it('[S6] every gateway tells alike where a chat comes from; what a client says of it is not heard', async () => {
  const nats = await connect(space.nats);
  const asked: { userId: string; source?: string }[] = [];
  nats.subscribe(`${subjectsOf(space.subjectRoot).root}.session.create`, {
    callback: (_, message) => void asked.push(message.json()),
  });
  await nats.flush();
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
  await until(() => asked.length === 4);
  const [ada = [], again, bob = [], elsewhere = []] = asked.map(({ source }) => source?.split('.'));
  expect(ada).toEqual([expect.stringMatching(/^[\w-]{22}$/), expect.stringMatching(/^[\w-]{22}$/)]);
  expect(again).toEqual(ada);
  expect([bob[0] === ada[0], bob[1] === ada[1]]).toEqual([true, false]);
  expect(ada).not.toEqual(expect.arrayContaining([elsewhere[0]]));
  expect(ada).not.toEqual(expect.arrayContaining([elsewhere[1]]));
  await nats.close();
});
