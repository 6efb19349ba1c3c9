import { refuse } from '@baton/contracts';
import { describe, expect, it } from 'vitest';
import { chatWorld } from '../../test/chat-world.ts';

describe('starting', () => {
  it('sends nothing before it is asked to, then opens a chat', async () => {
    const { page, flow, baton } = chatWorld();
    const { chat, line } = page();
    line.up();
    expect(chat.state).toMatchObject({ phase: 'idle', connection: 'connecting', session: null, items: [] });
    expect(line.isUp).toBe(false);
    const started = chat.start();
    expect(chat.state.phase).toBe('starting');
    await flow(line);
    expect(await started).toMatchObject({ ok: true, value: { status: 'bot' } });
    expect(chat.state).toMatchObject({
      phase: 'open',
      connection: 'online',
      session: { status: 'bot' },
      problem: null,
    });
    expect(baton.asked).toEqual(['customer:start_chat']);
  });

  it('goes on trying while it cannot be, and opens one chat only', async () => {
    const { page, flow, baton, time, network } = chatWorld();
    const { chat, line } = page();
    baton.refuseNext('customer:start_chat', refuse('UNAVAILABLE', 'not now'), refuse('TIMEOUT', 'perhaps'));
    const started = chat.start();
    await flow(line);
    expect(chat.state).toMatchObject({ phase: 'starting', problem: { code: 'UNAVAILABLE' } });
    await time.pass(1_000);
    line.frames[0]?.deliver();
    line.down();
    line.up();
    await network.deliver();
    await time.pass(5_000);
    await network.deliver();
    expect(await started).toMatchObject({ ok: true });
    expect(baton.chats.size).toBe(1);
    expect(chat.state).toMatchObject({ phase: 'open', problem: null });
  });

  it('ends with the reason when it is refused for good', async () => {
    const { page, flow, baton } = chatWorld();
    const { chat, line } = page();
    baton.refuseNext('customer:start_chat', refuse('VALIDATION_FAILED', 'userId: must not be empty'));
    const started = chat.start();
    await flow(line);
    expect(await started).toMatchObject({ ok: false, code: 'VALIDATION_FAILED' });
    expect(chat.state).toMatchObject({ phase: 'idle', problem: { code: 'VALIDATION_FAILED' } });
  });

  it('[S2] does not send what would cost it the connection', async () => {
    const { page } = chatWorld();
    const { chat } = page({ metadata: { much: 'x'.repeat(20_000) } });
    expect(await chat.start()).toMatchObject({ ok: false, code: 'VALIDATION_FAILED', field: 'metadata' });
  });

  it('knows a chat by `session:created`, too, when the answer is lost', async () => {
    const { page, network, baton, time } = chatWorld();
    const { chat, line } = page();
    void chat.start();
    line.up();
    line.frames.shift()?.deliver();
    line.frames.shift()?.deliver();
    expect(chat.state.phase).toBe('open');
    line.down();
    line.up();
    await network.deliver();
    await time.pass(1_000);
    expect(baton.asked).toEqual(['customer:start_chat', 'customer:resume_chat']);
    expect(baton.chats.size).toBe(1);
  });

  it('takes another id for the start when the first was used with other metadata', async () => {
    const { page, flow, baton } = chatWorld();
    const first = page({ metadata: { page: 1 } });
    void first.chat.start();
    first.line.up();
    // The server has it, but the page never hears of it.
    first.line.frames.shift()?.deliver();
    first.chat.close();
    const second = page({ metadata: { page: 2 } });
    const started = second.chat.start();
    await flow(second.line);
    expect(await started).toMatchObject({ ok: true });
    expect(baton.chats.size).toBe(2);
  });

  it('two pages that start at once have one chat', async () => {
    const { page, flow, baton } = chatWorld();
    const [one, two] = [page(), page()];
    void one.chat.start();
    one.line.up();
    void two.chat.start();
    await flow(one.line);
    await flow(two.line);
    expect(baton.chats.size).toBe(1);
    expect(two.chat.state.session?.id).toBe(one.chat.state.session?.id);
  });
});
