import { type ClientEventName, clientEvents } from '@baton/contracts';
import { newId } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { granted, startTestGateway, type TestClient } from '../../test/gateways.ts';
import { startSystem } from '../../test/system.ts';

const space = await testSpace();
const generous = { EVENT_BURST: '100000', ADDRESS_BURST: '100000', MESSAGE_BURST: '100000', START_BURST: '100000' };
const { services, left, right, client, customer, agent } = await startSystem(space, generous);
const names = Object.keys(clientEvents) as ClientEventName[];
const supervising = names.filter((name) => name.startsWith('admin:') && name !== 'admin:clear_queue');
const raw = (one: TestClient, event: string, ...args: unknown[]) =>
  one.socket.timeout(12_000).emitWithAck(event, ...args);
/** Each answer names its own trace, a random one; the rest may tell nothing. */
const withoutTrace = <Answer extends object | undefined>(answer: Answer) => ({ ...answer, traceId: undefined });

describe('[S1] a stranger', () => {
  it('who knows the id of a chat is answered exactly as for one that does not exist', async () => {
    const owner = await customer(left);
    const others = [client(left), client(right), await customer(right)];
    const events = names.filter((name) => /^customer:(?!start|resume|identify|list_chats)|^(typing|seen)$/.test(name));
    expect(events.length).toBeGreaterThan(4);
    for (const stranger of others) {
      for (const event of events) {
        const rest = { content: 'mine now', reason: 'because', rating: 1, seq: 1 };
        const ask = async (sessionId: string) => withoutTrace(await raw(stranger, event, { sessionId, ...rest }));
        const real = await ask(owner.sessionId);
        expect(real, event).toMatchObject({ ok: false, code: 'NOT_FOUND' });
        expect(await ask(newId()), event).toEqual(real);
      }
    }
    expect(services.session.sessions.get(owner.sessionId)?.entries).toHaveLength(1);
    expect(others.flatMap((one) => one.seqs(owner.sessionId))).toEqual([]);
  });

  it('cannot come back to a chat with a token of another chat, of an agent, or a made up one', async () => {
    const owner = await customer(left);
    const other = await customer(left);
    const eve = await agent(left);
    const stranger = client(right);
    const { sessionId } = owner;
    const answers = await Promise.all(
      [other.token, eve.token, 'made up', `${owner.token}x`, 'v1.zzzzzzzz.'].map((token) =>
        stranger.ask('customer:resume_chat', { sessionId, token, lastSeq: 0 }),
      ),
    );
    answers.push(await stranger.ask('customer:resume_chat', { sessionId: newId(), token: owner.token, lastSeq: 0 }));
    for (const answer of answers) expect(withoutTrace(answer)).toEqual(withoutTrace(answers[0]));
    expect(answers[0]).toMatchObject({ ok: false, code: 'NOT_FOUND' });
    expect(await stranger.ask('agent:resume', { agentId: eve.agentId, token: owner.token })).toMatchObject({
      ok: false,
      code: 'NOT_FOUND',
    });
  });
});

describe('roles', () => {
  it('customers may use nothing of agents, agents nothing of customers', async () => {
    const ann = await customer(left);
    const eve = await agent(left);
    for (const event of names) {
      if (event.startsWith('agent:'))
        expect(await raw(ann, event, {}), event).toMatchObject({ ok: false, code: 'FORBIDDEN' });
      if (event.startsWith('customer:'))
        expect(await raw(eve, event, {}), event).toMatchObject({ ok: false, code: 'FORBIDDEN' });
    }
    expect(ann.of('queue:update')).toEqual([]);
  });

  it('where no key is set, every connection may supervise: an agent on its own socket, a customer too', async () => {
    for (const one of [await agent(left), await customer(left), client(left)]) {
      for (const event of supervising) expect(await raw(one, event), event).toMatchObject({ ok: true });
      for (const event of ['stats:update', 'queue:debug_info', 'health:status'] as const)
        expect(one.of(event), event).toHaveLength(1);
    }
  });

  it('who has not joined may not act as an agent', async () => {
    const stranger = client(left);
    for (const event of names.filter((name) => /^agent:(?!join|resume)/.test(name)))
      expect(await raw(stranger, event, {}), event).toMatchObject({ ok: false, code: 'UNAUTHENTICATED' });
  });

  it('with keys set, agents and supervisors must give theirs, and one is not good for the other', async () => {
    const keys = { AGENT_KEY: 'for agents', ADMIN_KEY: 'for supervisors' };
    const guarded = await startTestGateway(space, 'guarded', { ...keys, BOT_NAME: 'Lumi' });
    try {
      const attempts = async (auth: Record<string, unknown>) => {
        const one = client(guarded, { auth });
        const replies = [await one.ask('admin:get_stats', {}), await one.ask('agent:join', { name: 'Eve' })];
        return replies.map((reply) => (reply.ok ? 'ok' : reply.code));
      };
      const refused = 'UNAUTHENTICATED';
      expect(await attempts({})).toEqual([refused, refused]);
      expect(await attempts({ key: 'wrong' })).toEqual([refused, refused]);
      expect(await attempts({ key: { length: 10 } })).toEqual([refused, refused]);
      expect(await attempts({ key: 'for agents' })).toEqual([refused, 'ok']);
      expect(await attempts({ key: 'for supervisors' })).toEqual(['ok', refused]);
      expect(await attempts({ key: 'for agents', adminKey: 'for supervisors' })).toEqual(['ok', 'ok']);
      granted(await client(guarded).ask('customer:start_chat', { userId: 'needs no key' }));

      const eve = client(guarded, { auth: { key: 'for agents', adminKey: 'for supervisors' } });
      granted(await eve.ask('agent:join', { name: 'Eve' }));
      const mallory = client(guarded, { auth: { key: 'for agents' } });
      for (const name of ['Assistant', 'LUMI\u200b', '\u202e'])
        expect(await raw(mallory, 'agent:join', { name }), name).toMatchObject({
          code: 'VALIDATION_FAILED',
          field: 'name',
        });
      granted(await mallory.ask('agent:join', { name: 'Mallory' }));
      const ann = client(guarded);
      granted(await ann.ask('customer:start_chat', { userId: 'ann' }));
      for (const event of supervising) {
        expect(await raw(eve, event), event).toMatchObject({ ok: true });
        // [S1] No connection gets a right by what it is, only by its key.
        expect(await raw(mallory, event), event).toMatchObject({ ok: false, code: 'FORBIDDEN' });
        expect(await raw(ann, event), event).toMatchObject({ ok: false, code: 'FORBIDDEN' });
      }
      for (const one of [mallory, ann])
        expect(one.received.filter(({ event }) => /^(stats|queue:debug|health)/.test(event))).toEqual([]);
    } finally {
      await guarded.stop();
    }
  });
});

it('[S3] [S6] who guesses keys is soon not heard any more, on new connections or on one that is joined anew', async () => {
  const env = { AGENT_KEY: 'for agents', ADMIN_KEY: 'for supervisors', TRUSTED_PROXIES: '1' };
  const guarded = await startTestGateway(space, 'guessed', env);
  const from = (address: string, key: string) =>
    client(guarded, { auth: { key }, extraHeaders: { 'x-forwarded-for': address } });
  const code = async (one: TestClient) => {
    const reply = await one.ask('agent:join', { name: 'Eve' });
    return reply.ok ? 'ok' : reply.code;
  };
  try {
    // The same connection of Engine.IO, joined again with another key each time.
    const socket = new WebSocket(`${guarded.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    let guesses = 0;
    // A connection that closes before its guess is answered has learnt nothing, and may not count.
    let answered = 0;
    const guess = () => guesses < 5 && socket.send(`40{"key":"guess ${guesses++}"}`);
    socket.onmessage = ({ data }) => {
      if (String(data).startsWith('42')) return;
      if (String(data).startsWith('40') && ++answered) socket.send('41');
      setTimeout(guess, 50);
    };
    await until(() => answered === 5);
    socket.close();
    for (let n = 0; n < 10; n++) expect(await code(from('192.0.2.1', `wrong ${n}`))).toBe('UNAUTHENTICATED');
    expect(await code(from('192.0.2.1', 'wrong again'))).toBe('RATE_LIMITED');
    const locked = from('192.0.2.1', 'for agents');
    expect(await code(locked)).toBe('RATE_LIMITED');
    expect(await code(from('192.0.2.2', 'for agents'))).toBe('ok');
    granted(await client(guarded).ask('customer:start_chat', { userId: 'needs no key' }));
    const metrics = await (await fetch(`${guarded.url}/metrics`)).text();
    expect(metrics).toMatch(/baton_wrong_keys_total\{[^}]*\} 1[56]\n/);
    // When its time is over the key is looked at, on the connection that showed it before.
    await until(async () => (await code(locked)) === 'ok', { every: 500 });
  } finally {
    await guarded.stop();
  }
});

describe('[S2] malformed input', () => {
  const deep = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
  const junk: unknown[] = [
    null,
    true,
    0,
    -1,
    1.5,
    1e300,
    '',
    'text',
    'nul \u0000 inside',
    'half \ud83d pair',
    'x'.repeat(20_000),
    [],
    [{}],
    {},
    { nested: { deeply: 1 } },
    deep(2_000),
    Buffer.from('binary'),
  ];
  const sessionId = newId();
  const said: Record<string, Record<string, unknown>> = {
    'customer:start_chat': { userId: 'ann', botContext: {}, metadata: {}, startId: newId(), greeted: true },
    'customer:resume_chat': { sessionId, token: 'token', lastSeq: 0, newest: 50 },
    'customer:list_entries': { sessionId, afterSeq: 0, limit: 10 },
    'customer:send_message': { sessionId, content: 'text', clientMessageId: 'id' },
    'customer:end_chat': { sessionId, reason: 'done' },
    'customer:request_agent': { sessionId, reason: 'help' },
    'customer:cancel_request': { sessionId, reason: 'never mind' },
    'agent:join': { name: 'Eve', capacity: 2, joinId: newId(), queueChanges: true },
    'agent:resume': { agentId: newId(), token: 'token', queueChanges: true },
    'agent:pickup_session': { sessionId },
    'agent:send_message': { sessionId, content: 'text', clientMessageId: 'id', epoch: 1 },
    'agent:close_session': { sessionId, reason: 'done', publicReason: 'bye' },
    'agent:release_session': { sessionId, to: { type: 'bot' }, reason: 'done', publicReason: 'bye' },
    'agent:set_status': { status: 'busy' },
    'agent:add_note': { sessionId, content: 'text', clientNoteId: 'id' },
    'agent:list_colleagues': {},
    'agent:list_waiting': { after: 50, limit: 10 },
    'agent:list_entries': { sessionId, afterSeq: 0, limit: 10 },
    'agent:view_session': { sessionId },
    'agent:list_ended': {},
    'customer:rate_chat': { sessionId, rating: 5, comment: 'good' },
    'customer:identify': { token: 'token' },
    'customer:list_chats': {},
    typing: { sessionId, active: true },
    seen: { sessionId, seq: 1 },
    'admin:get_stats': {},
    'admin:debug_queue': {},
    'admin:list_agents': {},
    'admin:list_waiting': {},
    'admin:health_check': {},
    'admin:clear_queue': {},
  };
  const fieldsOf = (event: ClientEventName) =>
    Object.keys(z.toJSONSchema(clientEvents[event].payload, { io: 'input', unrepresentable: 'any' }).properties ?? {});
  /** Most events may carry the trace that they belong to. */
  const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
  const valid = Object.fromEntries(
    names.map((event) => [event, { ...said[event], ...(fieldsOf(event).includes('traceparent') && { traceparent }) }]),
  );
  /** The whole replaced by junk, each field replaced by junk, each field left out. */
  const malformed = (event: ClientEventName): unknown[] => {
    const base = valid[event] ?? {};
    const payloads = [
      ...junk,
      ...Object.keys(base).flatMap((field) => [
        ...junk.map((value) => ({ ...base, [field]: value })),
        Object.fromEntries(Object.entries(base).filter(([name]) => name !== field)),
      ]),
    ];
    return payloads.filter((payload) => !clientEvents[event].payload.safeParse(payload ?? undefined).success);
  };

  it('has a valid example of every event to spoil', () => {
    expect(new Set(Object.keys(said))).toEqual(new Set(names));
    for (const event of names) {
      expect(clientEvents[event].payload.safeParse(valid[event]).success, event).toBe(true);
      expect(new Set(Object.keys(valid[event] ?? {}))).toEqual(new Set(fieldsOf(event)));
    }
  });

  it.each(names)('%s is refused with its code, with and without acknowledgement', async (event) => {
    const one = event.startsWith('agent:')
      ? await agent(left)
      : event.startsWith('admin:')
        ? client(left)
        : await customer(left);
    const before = services.session.sessions.size;
    const payloads = malformed(event);
    for (const payload of payloads) {
      const what = `${event} ${JSON.stringify(payload).slice(0, 100)}`;
      expect(await raw(one, event, payload), what).toMatchObject({
        ok: false,
        code: 'VALIDATION_FAILED',
        message: expect.stringMatching(/./),
      });
      expect(await raw(one, event, payload, 'and', { more: true }), what).toMatchObject({ code: 'VALIDATION_FAILED' });
      one.socket.emit(event, payload);
      one.socket.emit(event, payload, 'not a function');
    }
    await until(() => one.of('error').length === 2 * payloads.length);
    for (const error of one.of('error')) expect(error).toMatchObject({ event, code: 'VALIDATION_FAILED' });
    expect(one.socket.connected).toBe(true);
    expect(services.session.sessions.size).toBe(before);
  });

  it('says what is wrong and where, and does not repeat it', async () => {
    const ann = await customer(left);
    const reply = await raw(ann, 'customer:send_message', { sessionId: ann.sessionId, content: '' });
    expect(reply).toEqual({
      ok: false,
      code: 'VALIDATION_FAILED',
      field: 'content',
      message: 'content: must not be empty',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    const secret = await raw(ann, 'customer:send_message', { sessionId: 'hunter2', content: 'x' });
    expect(JSON.stringify(secret)).not.toContain('hunter2');
  });

  it('free-form JSON may be nested, but not until somebody cannot read it any more', async () => {
    const nested = (depth: number) => ({ a: deep(depth) });
    const ann = client(left);
    for (const depth of [32, 100, 1_000]) {
      const reply = await raw(ann, 'customer:start_chat', { userId: 'ann', metadata: nested(depth) });
      expect(reply, String(depth)).toMatchObject({ ok: false, code: 'VALIDATION_FAILED', field: 'metadata' });
    }
    const { session } = granted(await ann.ask('customer:start_chat', { userId: 'ann', metadata: nested(20) }));
    expect(session.metadata).toEqual(nested(20));
  });

  it('events that do not exist are refused, whatever they are called', async () => {
    const one = client(left);
    for (const event of ['customer:nothing', 'constructor', '__proto__', 'toString', 'error', '', 'x'.repeat(10_000)])
      expect(await raw(one, event, {}), event.slice(0, 20)).toMatchObject({ ok: false, code: 'VALIDATION_FAILED' });
    one.socket.emit('no:such_event');
    await until(() => one.of('error').length === 1);
    expect(one.of('error')[0]).toMatchObject({ event: 'no:such_event', code: 'VALIDATION_FAILED' });
  });

  it('payload, acknowledgement and further arguments may be missing or too many where nothing is needed', async () => {
    const supervisor = client(left);
    for (const args of [[], [null], [undefined], [{}], [{}, 'more'], [{ unknown: true }]])
      expect(await raw(supervisor, 'admin:get_stats', ...args)).toMatchObject({ ok: true });
    supervisor.socket.emit('admin:get_stats');
    await until(() => supervisor.of('stats:update').length === 7);
  });

  it('bytes that are no packet close their own connection and nothing else', async () => {
    const witness = await customer(left);
    const packets = [
      '42',
      '42[',
      '42{}',
      '42[]',
      '42[null]',
      '42["connect"]',
      '42["disconnecting"]',
      '4299999999999999999999["x"]',
      '43["not an acknowledgement that we asked for"]',
      '451-["customer:start_chat",{"_placeholder":true,"num":0}]',
      '451-["customer:start_chat",{"_placeholder":true,"num":7}]',
      '459999-["customer:start_chat"]',
      '40/admin,',
      '49',
      '9',
      '',
      `42["customer:start_chat",${'['.repeat(50_000)}${']'.repeat(50_000)}]`,
      `42["customer:start_chat",{"userId":"a","metadata":{"a":${'['.repeat(8_000)}${']'.repeat(8_000)}}}]`,
      `420["customer:start_chat",{"userId":"a","metadata":{"a":${'['.repeat(8_000)}${']'.repeat(8_000)}}}]`,
      `42["customer:start_chat",{"userId":"${'x'.repeat(500_000)}"}]`,
      new Uint8Array([0, 255, 1]),
    ];
    for (const packet of packets) {
      const socket = new WebSocket(`${left.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
      await new Promise<void>((resolve) => {
        socket.onopen = () => socket.send('40');
        socket.onmessage = ({ data }) => {
          if (String(data).startsWith('40')) {
            socket.send(packet);
            socket.send('2probe');
            setTimeout(() => socket.close(), 30);
          }
        };
        socket.onclose = () => resolve();
      });
    }
    expect(witness.socket.connected).toBe(true);
    granted(await witness.ask('customer:send_message', { sessionId: witness.sessionId, content: 'Still here' }));
    expect((await fetch(`${left.url}/live`)).status).toBe(204);
  });
});

describe('[S3] who sends too much', () => {
  it('is refused, then cut, while others notice nothing', async () => {
    const strict = await startTestGateway(space, 'strict', {
      EVENT_RATE: '10',
      EVENT_BURST: '20',
      MESSAGE_RATE: '1',
      MESSAGE_BURST: '5',
      START_RATE: '1',
      START_BURST: '3',
    });
    try {
      const ann = client(strict);
      const { session } = granted(await ann.ask('customer:start_chat', { userId: 'ann' }));
      const { sessionId } = { sessionId: session.id };
      const ben = client(strict);
      const other = granted(await ben.ask('customer:start_chat', { userId: 'ben' })).session.id;

      const replies = await Promise.all(
        Array.from({ length: 10 }, () => ann.ask('customer:send_message', { sessionId, content: 'flood' })),
      );
      expect(replies.filter(({ ok }) => ok)).toHaveLength(5);
      expect(replies.find(({ ok }) => !ok)).toMatchObject({ ok: false, code: 'RATE_LIMITED' });

      for (let n = 0; n < 400; n++) ann.socket.emit('customer:send_message', { sessionId, content: 'flood' });
      await until(() => ann.socket.disconnected);
      expect(ann.of('error').at(-1)).toMatchObject({ code: 'RATE_LIMITED' });
      granted(await ben.ask('customer:send_message', { sessionId: other, content: 'all quiet here' }));

      const more = await Promise.all(
        [client(strict), client(strict)].map((one) => one.ask('customer:start_chat', { userId: 'x' })),
      );
      expect(more.map(({ ok }) => ok)).toContain(false);
    } finally {
      await strict.stop();
    }
  });

  it('a client that does not read is cut, and its memory freed', async () => {
    const tight = await startTestGateway(space, 'tight', { ...generous, MAX_SOCKET_BUFFER_BYTES: '65536' });
    try {
      const ann = client(tight);
      const { session } = granted(await ann.ask('customer:start_chat', { userId: 'ann' }));
      // The client's own socket: what it does not read stays unsent at the gateway once the system's buffers are full.
      const wire = z.object({ transport: z.object({ ws: z.looseObject({ _socket: z.instanceof(Object) }) }) });
      const { transport } = wire.parse(ann.socket.io.engine);
      (transport.ws._socket as { pause(): void }).pause();
      const content = 'x'.repeat(16_000);
      let cut = false;
      for (let n = 0; n < 2_000 && !cut; n++) {
        services.botSays(session.id, content);
        await new Promise((resolve) => setTimeout(resolve, n % 50 === 0 ? 20 : 0));
        const metrics = n % 100 === 0 ? await (await fetch(`${tight.url}/metrics`)).text() : '';
        cut = /baton_slow_clients_cut_total\{[^}]*\} 1/.test(metrics);
      }
      expect(cut).toBe(true);
    } finally {
      await tight.stop();
    }
  });
});
