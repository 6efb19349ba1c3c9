import { testSpace, until } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { granted } from '../../test/gateways.ts';
import { startSystem } from '../../test/system.ts';
import { anonymous, codeOf, resume, siteEnv, start, tokenOf } from '../../test/verified.ts';

const space = await testSpace();
const { services, left, client } = await startSystem(space, {
  ...siteEnv,
  // Else one of two events in progress may wait for the other.
  TRUSTED_NETWORKS: '127.0.0.1',
});

const ownerOf = (sessionId: string) => services.session.sessions.get(sessionId)?.session.customer?.id;
/** The first reply of this endpoint waits until the test releases it. */
function holdFirst(endpoint: string) {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let held = false;
  services.faults.hold = (one) => {
    if (one !== endpoint || held) return undefined;
    held = true;
    return released;
  };
  return { release, isHeld: () => until(() => held) };
}

describe('[S1] a connection that becomes a customer’s while an event is in progress', () => {
  it.each(['customer:identify', 'customer:list_chats'] as const)('belongs to no agent: %s', async (event) => {
    const one = client();
    const payload = event === 'customer:identify' ? { token: await tokenOf('ada') } : {};
    const replies = await Promise.all([
      one.ask(event, payload as { token: string }),
      one.ask('agent:join', { name: 'Eve' }),
    ]);
    expect(replies.map(codeOf)).toEqual(['ok', 'FORBIDDEN']);
  });

  it('is one customer’s, with all its chats, when two are proven at once', async () => {
    const here = client();
    const begun = [await start(here), await start(here), await start(here)];
    const tokens = [await tokenOf('ada'), await tokenOf('ben')];
    const replies = await Promise.all(tokens.map((token) => here.ask('customer:identify', { token })));
    expect(replies.map(codeOf).sort()).toEqual(['UNAUTHENTICATED', 'ok']);
    const [winner] = replies.flatMap((reply) => (reply.ok ? [reply.value.customerId] : []));
    expect(begun.map(({ session }) => ownerOf(session.id))).toEqual([winner, winner, winner]);
  });

  it('has the chat that was being started, as that customer’s', async () => {
    const here = client();
    const { release, isHeld } = holdFirst('create');
    const starting = here.ask('customer:start_chat', { userId: anonymous() });
    await isHeld();
    granted(await here.ask('customer:identify', { token: await tokenOf('ada') }));
    release();
    const { session } = granted(await starting);
    expect(session.userId).toBe('ada');
    expect(ownerOf(session.id)).toBe('ada');
    expect(here.of('session:created')[0]?.session.userId).toBe('ada');
  });

  it('is not shown a chat that was being started under another name', async () => {
    const here = client();
    const { release, isHeld } = holdFirst('create');
    const starting = here.ask('customer:start_chat', { userId: 'hal' });
    await isHeld();
    granted(await here.ask('customer:identify', { token: await tokenOf('ada') }));
    release();
    expect(codeOf(await starting)).toBe('UNAUTHENTICATED');
    expect(here.of('session:created')).toEqual([]);
  });

  it('is not proven to be somebody else than whose chat it is resuming', async () => {
    const begun = await start(client(left, { auth: { customerToken: await tokenOf('ben') } }));
    const here = client();
    await here.connected();
    const { release, isHeld } = holdFirst('get');
    const resuming = resume(here, begun);
    await isHeld();
    const proving = here.ask('customer:identify', { token: await tokenOf('ada') });
    release();
    expect([codeOf(await resuming), codeOf(await proving)]).toEqual(['ok', 'NOT_FOUND']);
    expect(granted(await here.ask('customer:list_chats', {})).chats).toEqual([]);
  });
});

describe('[S1] a customer who is proven on a connection with several chats', () => {
  it('gets none of them while one is another’s', async () => {
    const here = client();
    const [own] = [await start(here), await start(here, 'hal')];
    expect(codeOf(await here.ask('customer:identify', { token: await tokenOf('ivy') }))).toBe('NOT_FOUND');
    expect(ownerOf(own.session.id)).toBeUndefined();
    expect(codeOf(await here.ask('customer:identify', { token: await tokenOf('hal') }))).toBe('ok');
    expect(ownerOf(own.session.id)).toBe('hal');
  });

  it('gets those that still exist, and an ended one stays whose it was', async () => {
    const here = client();
    const [deleted, ended, own] = [await start(here), await start(here), await start(here)];
    services.session.sessions.delete(deleted.session.id);
    granted(await here.ask('customer:end_chat', { sessionId: ended.session.id }));
    granted(await here.ask('customer:identify', { token: await tokenOf('joy') }));
    expect(ownerOf(own.session.id)).toBe('joy');
    expect(ownerOf(ended.session.id)).toBeUndefined();
  });

  it('leaves them to another tab that shows them, until that disconnects', async () => {
    const [here, tab] = [client(), client()];
    const begun = await start(here);
    granted(await resume(tab, begun));
    granted(await here.ask('customer:identify', { token: await tokenOf('joy') }));
    services.botSays(begun.session.id, 'Hello Joy');
    await until(() => tab.seqs(begun.session.id).length === 2);
    const sent = await tab.ask('customer:send_message', { sessionId: begun.session.id, content: 'Still here' });
    expect(codeOf(sent)).toBe('ok');
  });

  it('loses one that became another’s in the meantime', async () => {
    const here = client();
    const [taken, own] = [await start(here), await start(here)];
    const { release, isHeld } = holdFirst('getMany');
    const proving = here.ask('customer:identify', { token: await tokenOf('kim') });
    await isHeld();
    granted(await resume(client(left, { auth: { customerToken: await tokenOf('lea') } }), taken));
    release();
    expect(codeOf(await proving)).toBe('ok');
    expect([ownerOf(taken.session.id), ownerOf(own.session.id)]).toEqual(['lea', 'kim']);
    const sent = await here.ask('customer:send_message', { sessionId: taken.session.id, content: 'Hello' });
    expect(codeOf(sent)).toBe('NOT_FOUND');
  });
});
