import { describe, expect, it, vi } from 'vitest';
import type { ModelRequest } from '../model/model.ts';
import { type AdmissionParts, admitterFor } from './admission.ts';
import { createThrottle } from './throttle.ts';

const never = new AbortController().signal;
const origin = { address: 'a', customer: 'c', chat: 's' };
/** Of 300 characters, which are about 100 tokens; 50 may be written. */
const request: ModelRequest = { messages: [{ role: 'user', text: 'x'.repeat(300) }], maxTokens: 50 };

function bench(more: Partial<AdmissionParts> = {}) {
  const taken: number[] = [];
  const retaken: (number | undefined)[] = [];
  let seq: number | undefined;
  let made = 0;
  const parts: AdmissionParts = {
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
    admitter: admitterFor(parts, origin, 's', () => seq),
  };
}

describe('[S6] the budget of one message', () => {
  it('is eight calls, for any purpose', async () => {
    const { admitter, taken, made } = bench();
    for (let n = 0; n < 8; n++) (await admitter.admit(request, never))?.leave();
    await expect(admitter.admit(request, never)).rejects.toMatchObject({
      kind: 'over_budget',
      message: 'a budget for asking the model is used up (one message: 8 calls)',
    });
    expect([taken.length, made()]).toEqual([8, 8]);
  });

  it('counts repeats that the client makes by itself', async () => {
    const { admitter, made } = bench({ ofMessage: { calls: 2, tokens: 0 } });
    const admission = await admitter.admit(request, never);
    await admission?.again(never);
    await expect(admission?.again(never)).rejects.toMatchObject({ kind: 'over_budget' });
    expect(made()).toBe(2);
  });

  it('is a number of tokens; unused reserved ones are returned', async () => {
    const { admitter } = bench({ ofMessage: { calls: 0, tokens: 300 } });
    const one = await admitter.admit(request, never);
    one?.used({ promptTokens: 20, completionTokens: 5 });
    one?.leave();
    for (let n = 0; n < 2; n++) await admitter.admit(request, never);
    await expect(admitter.admit(request, never)).rejects.toThrow('one message: 300 tokens');
  });

  it("is settled by the endpoint's usage, or else by an estimate", async () => {
    const { admitter, taken } = bench();
    const counted = await admitter.admit(request, never);
    counted?.wrote(9);
    counted?.used({ promptTokens: 400, completionTokens: 10 });
    counted?.leave();
    counted?.leave();
    expect(taken).toEqual([150]);
    expect(admitter.settle()).toBe(410 - 150);
    expect(admitter.settle()).toBe(0);
    const cutOff = await admitter.admit(request, never);
    cutOff?.wrote(30);
    cutOff?.leave();
    expect(admitter.settle()).toBe(100 + 10 - 150);
    const refused = await admitter.admit(request, never);
    refused?.refused(0);
    refused?.leave();
    expect(admitter.settle()).toBe(-150);
  });

  it('settles nothing where nothing is counted', async () => {
    const { admitter } = bench({ budgets: undefined });
    (await admitter.admit(request, never))?.leave();
    expect(admitter.settle()).toBe(0);
  });

  it('a turn that begins afresh while it waits makes no call, and asks with the one that it has', async () => {
    const { admitter, about, taken, retaken, made } = bench({ ofMessage: { calls: 2, tokens: 0 } });
    about(3);
    for (let n = 0; n < 5; n++) expect(await admitter.admit(request, AbortSignal.abort())).toBeUndefined();
    about(4);
    const longer: ModelRequest = { ...request, maxTokens: 80 };
    const admission = await admitter.admit(longer, never);
    expect([made(), taken, retaken]).toEqual([1, [150], [3, 3, 3, 3, 4]]);
    admission?.used({ promptTokens: 100, completionTokens: 10 });
    admission?.leave();
    expect(admitter.settle()).toBe(110 - 150);
    // What was put by is not made twice.
    (await admitter.admit(request, never))?.leave();
    expect([made(), taken.length]).toEqual([2, 2]);
  });

  it('a call that was put by for too long is not made any more, and its tokens are given back', async () => {
    vi.useFakeTimers();
    try {
      const { admitter, taken, retaken, made } = bench({ waitMs: 1_000 });
      await admitter.admit(request, AbortSignal.abort());
      vi.advanceTimersByTime(501);
      const admission = await admitter.admit(request, never);
      admission?.used({ promptTokens: 100, completionTokens: 50 });
      admission?.leave();
      expect([taken.length, retaken.length, made(), admitter.settle()]).toEqual([2, 0, 1, -150]);
      await admitter.admit(request, AbortSignal.abort());
      expect(admitter.settle()).toBe(-150);
    } finally {
      vi.useRealTimers();
    }
  });
});
