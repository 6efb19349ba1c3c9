import { accept, type ErrorCode, type Reply, refuse } from '@baton/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOutbox, type Unsent } from '../src/outbox.ts';

describe('[M2, M3] the outbox', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Answers are given by hand, so that it can be seen what is under way. */
  const startOutbox = () => {
    const sent: string[] = [];
    const refused: string[] = [];
    let answer: ((reply: Reply<unknown>) => void) | undefined;
    let ids = 0;
    const outbox = createOutbox({
      newId: () => `id-${++ids}`,
      send: ({ clientMessageId, content }: Unsent) => {
        sent.push(`${clientMessageId} ${content}`);
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
      onChange: () => {},
      onRefused: ({ content }, { code }) => refused.push(`${content}: ${code}`),
      pauseMs: 100,
    });
    const reply = async (given: Reply<unknown>) => {
      answer?.(given);
      await vi.advanceTimersByTimeAsync(0);
    };
    return {
      outbox,
      sent,
      refused,
      contents: () => outbox.unsent.map(({ content }) => content),
      accepted: () => reply(accept({})),
      refuse: (code: ErrorCode) => reply(refuse(code, 'for the test')),
    };
  };

  it('waits until it is opened, then sends in order, one at a time', async () => {
    const { outbox, sent, accepted, contents } = startOutbox();
    outbox.add('a');
    outbox.add('b');
    expect(sent).toEqual([]);
    outbox.open();
    expect(sent).toEqual(['id-1 a']);
    await accepted();
    expect(sent).toEqual(['id-1 a', 'id-2 b']);
    await accepted();
    expect(contents()).toEqual([]);
  });

  it.each<ErrorCode>(['TIMEOUT', 'UNAVAILABLE', 'RATE_LIMITED', 'DRAINING', 'INTERNAL'])(
    'repeats after %s, with the same id, and lets nothing overtake',
    async (code) => {
      const { outbox, sent, accepted, refuse, refused } = startOutbox();
      outbox.open();
      outbox.add('a');
      outbox.add('b');
      await refuse(code);
      expect(sent).toEqual(['id-1 a']);
      await vi.advanceTimersByTimeAsync(100);
      expect(sent).toEqual(['id-1 a', 'id-1 a']);
      await accepted();
      expect(sent.at(-1)).toBe('id-2 b');
      expect(refused).toEqual([]);
    },
  );

  it('gives up on a message that is refused for its own sake, says so, and goes on', async () => {
    const { outbox, sent, refuse, refused } = startOutbox();
    outbox.open();
    outbox.add('a');
    outbox.add('b');
    await refuse('VALIDATION_FAILED');
    expect(refused).toEqual(['a: VALIDATION_FAILED']);
    expect(sent.at(-1)).toBe('id-2 b');
  });

  it('does not repeat for ever what makes the server fail', async () => {
    const { outbox, sent, refuse, refused } = startOutbox();
    outbox.open();
    outbox.add('a');
    for (let time = 0; time < 5; time++) {
      await refuse('INTERNAL');
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(sent).toHaveLength(5);
    expect(refused).toEqual(['a: INTERNAL']);
  });

  it('keeps what is unsent over a lost connection, and sends it as soon as it is back', async () => {
    const { outbox, sent, refuse, contents } = startOutbox();
    outbox.open();
    outbox.add('a');
    outbox.shut();
    await refuse('UNAVAILABLE');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent).toEqual(['id-1 a']);
    expect(contents()).toEqual(['a']);
    outbox.open();
    expect(sent).toEqual(['id-1 a', 'id-1 a']);
  });

  it('is opened again while the last answer is still awaited, and loses nothing', async () => {
    const { outbox, sent, refuse, accepted, contents } = startOutbox();
    outbox.open();
    outbox.add('a');
    outbox.shut();
    outbox.open();
    await refuse('TIMEOUT');
    await vi.advanceTimersByTimeAsync(100);
    await accepted();
    expect(sent).toEqual(['id-1 a', 'id-1 a']);
    expect(contents()).toEqual([]);
  });

  it('takes what is seen in the log for sent', async () => {
    const { outbox, sent, accepted, refuse, contents, refused } = startOutbox();
    outbox.open();
    outbox.add('a');
    outbox.add('b');
    outbox.stored('id-1');
    expect(contents()).toEqual(['b']);
    await refuse('TIMEOUT');
    expect(sent).toEqual(['id-1 a', 'id-2 b']);
    await accepted();
    expect(contents()).toEqual([]);
    expect(refused).toEqual([]);
  });

  it('says of each that it will not be sent when the chat has ended', () => {
    const { outbox, refused, contents } = startOutbox();
    outbox.add('a');
    outbox.add('b');
    outbox.end('over');
    expect(refused).toEqual(['a: SESSION_CLOSED', 'b: SESSION_CLOSED']);
    expect(contents()).toEqual([]);
  });
});
