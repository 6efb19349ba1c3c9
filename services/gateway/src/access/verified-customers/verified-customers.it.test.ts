import { newId } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { granted, startTestGateway } from '../../../test/gateways.ts';
import { startSystem } from '../../../test/system.ts';
import { anonymous, codeOf, resume, siteEnv, start, tokenOf } from '../../../test/verified.ts';

const space = await testSpace();
const { services, left, right, client, agent, give } = await startSystem(space, {
  ...siteEnv,
});

const verified = async (sub: string, gateway = left) =>
  client(gateway, { auth: { customerToken: await tokenOf(sub, { name: `${sub} of the site` }) } });
const stored = (sessionId: string) => services.session.sessions.get(sessionId)?.session;

describe('[S1] a customer whom the site has proven', () => {
  it('is known by the id that was signed, whatever the page says', async () => {
    const { session } = await start(await verified('ada'), 'victim@example.com');
    expect(stored(session.id)).toMatchObject({ userId: 'ada', customer: { id: 'ada', name: 'ada of the site' } });
    const { agentId, ...grace } = await agent();
    give(session.id, agentId);
    await until(() => grace.of('session:assigned').length > 0);
    expect(grace.of('session:assigned')[0]?.session.customer).toMatchObject({ id: 'ada' });
  });

  it('comes back after a reload, and on a second tab at the same time', async () => {
    const begun = await start(await verified('ada'));
    const [first, second] = [await verified('ada'), await verified('ada', right)];
    expect([codeOf(await resume(first, begun)), codeOf(await resume(second, begun))]).toEqual(['ok', 'ok']);
    services.botSays(begun.session.id, 'Hello both');
    for (const one of [first, second]) await until(() => one.seqs(begun.session.id).length === 2);
  });

  it('finds the open chats on another device, and nobody else does', async () => {
    const dora = await verified('dora');
    const [older, newer, closed] = [await start(dora), await start(dora), await start(dora)];
    granted(await dora.ask('customer:end_chat', { sessionId: closed.session.id }));
    const phone = await verified('dora', right);
    const { chats } = granted(await phone.ask('customer:list_chats', {}));
    expect(chats.map(({ session }) => session.id)).toEqual([newer.session.id, older.session.id]);
    expect(JSON.stringify(chats)).not.toContain('of the site');
    const [newest] = chats;
    if (newest === undefined) throw new Error('no chats');
    expect(codeOf(await resume(phone, newest))).toBe('ok');
    expect(granted(await (await verified('eve')).ask('customer:list_chats', {})).chats).toEqual([]);
    await start(client(), 'dora');
    expect(granted(await client().ask('customer:list_chats', {})).chats, 'an unproven name finds nothing').toEqual([]);
  });

  it('has chats that another cannot open, with their token neither', async () => {
    const begun = await start(await verified('ada'));
    const [theirs, none] = [
      await resume(await verified('ben'), begun),
      await resume(await verified('ben'), { ...begun, session: { ...begun.session, id: newId() } }),
    ];
    expect(theirs).toEqual({ ...none, traceId: expect.any(String) });
    expect(codeOf(theirs)).toBe('NOT_FOUND');
    expect(stored(begun.session.id)).toMatchObject({ userId: 'ada' });
    expect(codeOf(await resume(client(), begun)), 'the holder of the token, with no name').toBe('ok');
  });
});

describe('[S1] who was anonymous', () => {
  it('keeps the chat after signing in, on the same connection or the next', async () => {
    const here = client();
    const begun = await start(here);
    expect(granted(await here.ask('customer:identify', { token: await tokenOf('fay') })).customerId).toBe('fay');
    expect(stored(begun.session.id)).toMatchObject({ userId: 'fay', customer: { id: 'fay' } });
    const other = await start(client());
    expect(codeOf(await resume(await verified('fay'), other))).toBe('ok');
    expect(stored(other.session.id)).toMatchObject({ userId: 'fay', customer: { id: 'fay' } });
    expect(codeOf(await resume(await verified('gil'), other)), 'for good').toBe('NOT_FOUND');
  });

  it('is not anybody who gave another name', async () => {
    const begun = await start(client(), 'hal');
    expect(codeOf(await resume(await verified('ivy'), begun))).toBe('NOT_FOUND');
    expect(stored(begun.session.id)?.customer ?? null).toBeNull();
    expect(codeOf(await resume(await verified('hal'), begun))).toBe('ok');
  });
});

describe('a token', () => {
  it('that is wrong, expired or for another site is one refusal, and nobody becomes anonymous by it', async () => {
    const wrong = [
      await tokenOf('ada', { seconds: -120 }),
      await tokenOf('ada', { audience: 'https://other.example' }),
      'nonsense',
      7,
      { sub: 'ada' },
    ];
    const begun = await start(client());
    const replies = [];
    for (const customerToken of wrong) {
      const one = client(left, { auth: { customerToken } });
      for (const reply of [
        await one.ask('customer:start_chat', { userId: anonymous() }),
        await resume(one, begun),
        await one.ask('customer:list_chats', {}),
        await one.ask('customer:identify', { token: String(customerToken) }),
      ])
        replies.push({ ...reply, traceId: undefined });
    }
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(replies[0]).toMatchObject({ code: 'UNAUTHENTICATED', field: 'customerToken' });
  });

  it('of another customer is refused on a connection that has one', async () => {
    const ada = await verified('ada');
    const begun = await start(ada);
    expect(codeOf(await ada.ask('customer:identify', { token: await tokenOf('ben') }))).toBe('UNAUTHENTICATED');
    expect(stored(begun.session.id)).toMatchObject({ userId: 'ada' });
    expect(codeOf(await ada.ask('customer:identify', { token: await tokenOf('ada') }))).toBe('ok');
  });

  it('that expires in the middle of a chat ends the connection, unless it is renewed', async () => {
    // A minute is allowed for clocks.
    const soon = () => tokenOf('kim', { seconds: -58 });
    const [lapses, renewed] = [
      client(left, { auth: { customerToken: await soon() } }),
      client(left, { auth: { customerToken: await soon() } }),
    ];
    const begun = await start(lapses);
    await start(renewed);
    granted(await renewed.ask('customer:identify', { token: await tokenOf('kim') }));
    await until(() => !lapses.socket.connected);
    expect(renewed.socket.connected).toBe(true);
    const back = await verified('kim');
    expect(codeOf(await resume(back, begun))).toBe('ok');
  });
});

it('where it is required, names need proof, and a stolen token of a chat opens nothing', async () => {
  const strict = await startTestGateway(space, 'strict', {
    ...siteEnv,
    CUSTOMER_VERIFICATION: 'required',
  });
  try {
    const begun = await start(await verified('lea', strict));
    expect(codeOf(await client(strict).ask('customer:start_chat', { userId: 'lea' }))).toBe('UNAUTHENTICATED');
    expect(codeOf(await client(strict).ask('customer:start_chat', { userId: anonymous() }))).toBe('ok');
    expect(codeOf(await resume(client(strict), begun))).toBe('NOT_FOUND');
    expect(codeOf(await resume(await verified('lea', strict), begun))).toBe('ok');
  } finally {
    await strict.stop();
  }
});
