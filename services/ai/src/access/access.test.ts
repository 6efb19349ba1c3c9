import { describe, expect, it, vi } from 'vitest';
import type { ModelRequest } from '../model/model.ts';
import { type AccessParts, accessFor } from './access.ts';
import { createThrottle } from './throttle.ts';

const never = new AbortController().signal;
const origin = { address: 'a', customer: 'c', chat: 's' };
/** Of 300 characters, which are about 100 tokens; 50 may be written. */
const request: ModelRequest = { messages: [{ role: 'user', text: 'x'.repeat(300) }], maxTokens: 50 };

function bench(more: Partial<AccessParts> = {}) {
  const taken: number[] = [];
  const retaken: (number | undefined)[] = [];
  let seq: number | undefined;
  let made = 0;
  const parts: AccessParts = {
    throttle: createThrottle(),
    budgets: {
      ceiling: undefined,
      async take({ tokens, messageSeq }) {
        taken.push(tokens);
        return { messageSeq, dueAt: Date.now() };
      },
      async retake({ dueAt }, { messageSeq }) {
        retaken.push(messageSeq);
        return { messageSeq, dueAt };
      },
    },
    ofMessage: { calls: 8, tokens: 0 },
    waitMs: 1_000,
    onCall: () => void made++,
    ...more,
  };
  return {
    ...{ taken, retaken },
    made: () => made,
    about: (messageSeq: number) => {
      seq = messageSeq;
    },
    access: accessFor(parts, origin, 's', () => seq),
  };
}

describe('[S6] the budget of one message', () => {
  it('is eight calls, for any purpose', async () => {
    const { access, taken, made } = bench();
    for (let n = 0; n < 8; n++) (await access.admit(request, never))?.leave();
    await expect(access.admit(request, never)).rejects.toMatchObject({
      kind: 'over_budget',
      message: 'a budget for asking the model is used up (one message: 8 calls)',
    });
    expect([taken.length, made()]).toEqual([8, 8]);
  });

  it('counts repeats that the client makes by itself', async () => {
    const { access, made } = bench({ ofMessage: { calls: 2, tokens: 0 } });
    const admission = await access.admit(request, never);
    await admission?.again(never);
    await expect(admission?.again(never)).rejects.toMatchObject({ kind: 'over_budget' });
    expect(made()).toBe(2);
  });

  it('is a number of tokens; unused reserved ones are returned', async () => {
    const { access } = bench({ ofMessage: { calls: 0, tokens: 300 } });
    const one = await access.admit(request, never);
    one?.used({ promptTokens: 20, completionTokens: 5 });
    one?.leave();
    for (let n = 0; n < 2; n++) await access.admit(request, never);
    await expect(access.admit(request, never)).rejects.toThrow('one message: 300 tokens');
  });

  it("is settled by the endpoint's usage, or else by an estimate", async () => {
    const { access, taken } = bench();
    const counted = await access.admit(request, never);
    counted?.wrote(9);
    counted?.used({ promptTokens: 400, completionTokens: 10 });
    counted?.leave();
    counted?.leave();
    expect(taken).toEqual([150]);
    expect(access.settle()).toBe(410 - 150);
    expect(access.settle()).toBe(0);
    const cutOff = await access.admit(request, never);
    cutOff?.wrote(30);
    cutOff?.leave();
    expect(access.settle()).toBe(100 + 10 - 150);
    const refused = await access.admit(request, never);
    refused?.refused(0);
    refused?.leave();
    expect(access.settle()).toBe(-150);
  });

  it('settles nothing where nothing is counted', async () => {
    const { access } = bench({ budgets: undefined });
    (await access.admit(request, never))?.leave();
    expect(access.settle()).toBe(0);
  });

  it('a turn that begins afresh while it waits makes no call, and asks with the one that it has', async () => {
    const { access, about, taken, retaken, made } = bench({ ofMessage: { calls: 2, tokens: 0 } });
    about(3);
    for (let n = 0; n < 5; n++) expect(await access.admit(request, AbortSignal.abort())).toBeUndefined();
    about(4);
    const longer: ModelRequest = { ...request, maxTokens: 80 };
    const admission = await access.admit(longer, never);
    expect([made(), taken, retaken]).toEqual([1, [150], [3, 3, 3, 3, 4]]);
    admission?.used({ promptTokens: 100, completionTokens: 10 });
    admission?.leave();
    expect(access.settle()).toBe(110 - 150);
    // What was put by is not made twice.
    (await access.admit(request, never))?.leave();
    expect([made(), taken.length]).toEqual([2, 2]);
  });

  it('a call that was put by for too long is not made any more, and its tokens are given back', async () => {
    vi.useFakeTimers();
    try {
      const { access, taken, retaken, made } = bench({ waitMs: 1_000 });
      await access.admit(request, AbortSignal.abort());
      vi.advanceTimersByTime(501);
      const admission = await access.admit(request, never);
      admission?.used({ promptTokens: 100, completionTokens: 50 });
      admission?.leave();
      expect([taken.length, retaken.length, made(), access.settle()]).toEqual([2, 0, 1, -150]);
      await access.admit(request, AbortSignal.abort());
      expect(access.settle()).toBe(-150);
    } finally {
      vi.useRealTimers();
    }
  });
});
