import { type Budgets, type OverBudget, refuse } from '@baton/contracts';
import { createLog } from '@baton/runtime';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createModelBudgets } from './budgets.ts';

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-03-02T09:30:00Z') }));
afterEach(() => void vi.useRealTimers());

const free = { callsPerMinute: 0, callsPerDay: 0, tokensPerDay: 0 };
const limits: Budgets = {
  message: { ...free, callsPerDay: 8 },
  chat: free,
  customer: { ...free, callsPerMinute: 40 },
  address: { ...free, callsPerMinute: 60 },
  all: { ...free, tokensPerDay: 20_000 },
};
const never = new AbortController().signal;

function bench(budgets = limits) {
  const log = createLog({ service: 'ai', instance: 'test', level: 'silent' });
  const told: string[] = [];
  for (const level of ['error', 'info'] as const)
    vi.spyOn(log, level).mockImplementation((...said: unknown[]) => void told.push(`${level}: ${said.at(-1)}`));
  const refused: string[] = [];
  const asked: unknown[] = [];
  let over: OverBudget | undefined;
  let waitMs = 0;
  let away = 0;
  const kept = createModelBudgets({
    session: {
      async takeModelCall(request) {
        asked.push(request);
        if (away-- > 0) return refuse('UNAVAILABLE', 'Postgres is away.');
        const today = { calls: 1, tokens: 100 };
        if (over) return { ok: true, value: { granted: false, waitMs: 0, over, today } };
        return { ok: true, value: { granted: true, waitMs, today } };
      },
    },
    budgets,
    maxWaitMs: 10_000,
    metrics: { overBudget: (budget, limit) => void refused.push(`${budget} ${limit}`), today() {} },
    log,
  });
  const take = (signal = never) => kept?.take({ sessionId: 's', tokens: 100, waitMs: 5_000.4 }, signal);
  return {
    ...{ kept, take, told, refused, asked },
    refuses: (given: OverBudget | undefined) => {
      over = given;
    },
    waits: (ms: number) => {
      waitMs = ms;
    },
    isAway: (times: number) => {
      away = times;
    },
  };
}

describe('[S6] the budgets of all ai services', () => {
  it('do not exist where nothing is limited', () => {
    expect(bench({ chat: free, customer: free, address: free, all: free }).kept).toBeUndefined();
  });

  it('grant a call, for now or for soon; a minute is longer by what a call may wait', async () => {
    const { take, asked, waits } = bench();
    expect(await take()).toMatchObject({ messageSeq: undefined });
    expect(asked).toEqual([{ sessionId: 's', tokens: 100, waitMs: 5_000, windowMs: 70_000, budgets: limits }]);
    waits(3_000);
    const later = take();
    await vi.advanceTimersByTimeAsync(2_999);
    expect(await Promise.race([later, 'waits'])).toBe('waits');
    await vi.advanceTimersByTimeAsync(1);
    await later;
    const leaving = new AbortController();
    const given = take(leaving.signal);
    await vi.advanceTimersByTimeAsync(1);
    leaving.abort();
    // It is taken, and due when it was.
    expect(await given).toEqual({ messageSeq: undefined, dueAt: Date.now() + 2_999 });
  });

  it('count a call that is made for a newer message for that message alone, and let it be made when it is due', async () => {
    const { kept, asked, waits, refuses } = bench();
    const taken = { messageSeq: 3, dueAt: Date.now() + 2_000 };
    waits(5_000);
    const same = kept?.retake(taken, { sessionId: 's', messageSeq: 3 }, never);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(await Promise.race([same, 'waits'])).toBe('waits');
    await vi.advanceTimersByTimeAsync(1);
    expect([await same, asked]).toEqual([taken, []]);
    expect(await kept?.retake(taken, { sessionId: 's', messageSeq: 4 }, never)).toEqual({ ...taken, messageSeq: 4 });
    const others = { chat: free, customer: free, address: free, all: free };
    const budgets = { ...others, message: limits.message };
    expect(asked).toEqual([{ sessionId: 's', messageSeq: 4, tokens: 0, waitMs: 0, windowMs: 70_000, budgets }]);
    refuses({ scope: 'chat', ofMessage: true, limit: 'callsPerDay', retryAfterMs: 20_000 });
    await expect(kept?.retake(taken, { sessionId: 's', messageSeq: 5 }, never)).rejects.toThrow(
      '(one message: 8 calls)',
    );
  });

  it('refuse with a text for agents, and tell a customer over their share apart', async () => {
    const { take, refused, refuses } = bench();
    refuses({ scope: 'address', limit: 'callsPerMinute', retryAfterMs: 20_000 });
    await expect(take()).rejects.toMatchObject({
      kind: 'over_share',
      message:
        "more was asked of the model from one place than may be (this customer's network address: 60 calls a minute)",
    });
    refuses({ scope: 'chat', ofMessage: true, limit: 'callsPerDay', retryAfterMs: 20_000 });
    await expect(take()).rejects.toThrow('(one message: 8 calls)');
    refuses({ scope: 'chat', limit: 'callsPerDay', retryAfterMs: 20_000 });
    await expect(take()).rejects.toMatchObject({ kind: 'over_budget' });
    expect(refused).toEqual(['address callsPerMinute', 'message callsPerDay', 'chat callsPerDay']);
  });

  it('the ceiling of the day is reported once, checked rarely, and reported again when it is lifted', async () => {
    const { kept, take, told, asked, refuses } = bench();
    refuses({ scope: 'all', limit: 'tokensPerDay', retryAfterMs: 3_600_000 });
    for (let n = 0; n < 5; n++) await expect(take()).rejects.toMatchObject({ kind: 'over_budget' });
    expect(asked).toHaveLength(1);
    expect(kept?.ceiling).toBe('all chats together: 20000 tokens a day');
    vi.advanceTimersByTime(10_000);
    await expect(take()).rejects.toThrow('20000 tokens a day');
    expect(asked).toHaveLength(2);
    expect(told).toEqual(['error: the budget of the day for asking the model is used up; chats are handed to humans']);
    refuses(undefined);
    vi.advanceTimersByTime(10_000);
    expect(await take()).toMatchObject({ messageSeq: undefined });
    expect(kept?.ceiling).toBeUndefined();
    expect(told.at(-1)).toBe('info: there is a budget for asking the model again');
  });

  it('the ceiling ends with the day, without any request', async () => {
    const { kept, take, refuses } = bench();
    refuses({ scope: 'all', limit: 'callsPerDay', retryAfterMs: 60_000 });
    await expect(take()).rejects.toMatchObject({ kind: 'over_budget' });
    vi.advanceTimersByTime(60_000);
    expect(kept?.ceiling).toBeUndefined();
  });

  it('an unavailable session service is retried, and no call is made uncounted', async () => {
    const { take, asked, isAway } = bench();
    isAway(2);
    const granted = take();
    await vi.advanceTimersByTimeAsync(2_000);
    await granted;
    isAway(99);
    const refused = expect(take()).rejects.toMatchObject({ kind: 'uncounted' });
    await vi.advanceTimersByTimeAsync(5_000);
    await refused;
    expect(asked).toHaveLength(3 + 4);
  });
});
