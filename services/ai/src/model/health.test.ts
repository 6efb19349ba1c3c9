import { checkPart, createLog } from '@baton/runtime';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createThrottle } from '../admission/throttle.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { createModelHealth } from './health.ts';
import { type FailureKind, type Listing, type Model, type ModelEvent, ModelFailure } from './model.ts';

const log = createLog({ service: 'ai', instance: 'test', level: 'silent' });
const never = new AbortController().signal;

let now = 0;
/** What the endpoint does when its models are listed, and when it is asked for an answer. */
let lists: FailureKind | undefined;
let answers: FailureKind | undefined;
let listing: Listing = 'listed';
let listed = 0;
let asked = 0;
const model: Model = {
  name: 'test',
  describe: () => ({ model: 'test', provider: 'test', endpoint: '', can: {}, notes: [] }),
  async check() {
    listed++;
    if (lists) throw new ModelFailure(lists);
    return listing;
  },
  async *stream(): AsyncGenerator<ModelEvent> {
    asked++;
    if (answers) throw new ModelFailure(answers, { detail: '400', words: 'it was decommissioned' });
    yield { type: 'text', text: 'OK' };
    yield { type: 'finish', reason: 'stop', toolCalls: [] };
  },
};
const told: string[] = [];
for (const level of ['warn', 'error', 'info'] as const)
  vi.spyOn(log, level).mockImplementation(
    (_facts: unknown, message?: string) => void told.push(`${level}: ${message}`),
  );

function bench() {
  const circuit = createCircuitBreaker(() => now);
  const throttle = createThrottle(() => now);
  const health = createModelHealth({
    model,
    circuit,
    throttle,
    timeouts: { firstTokenMs: 50, idleMs: 50 },
    log,
    now: () => now,
  });
  const turn = (failure?: FailureKind) => {
    if (failure === undefined) {
      circuit.recordSuccess();
      return health.succeeded();
    }
    circuit.recordFailure(new ModelFailure(failure));
    health.failed(new ModelFailure(failure));
  };
  const look = async (afterMs = 0) => {
    now += afterMs;
    await health.look(never);
  };
  return { circuit, throttle, health, turn, look };
}

beforeEach(() => {
  now = Date.parse('2026-03-02T09:30:00.000Z');
  lists = answers = undefined;
  listing = 'listed';
  listed = asked = 0;
  told.length = 0;
});

describe('[O3] the health of the model', () => {
  it('one failed answer does not make the model unavailable', async () => {
    const { health, turn } = bench();
    for (const kind of ['cut_off', 'stalled', 'slow'] as const) {
      turn(kind);
      await expect(health.check()).resolves.toBeUndefined();
      turn();
    }
    expect(told.join()).not.toContain('unavailable');
  });

  it('is unavailable after three failures in a row, and available with the first answer', async () => {
    const { health, turn } = bench();
    for (const _ of [1, 2, 3]) turn('slow');
    await expect(health.check()).rejects.toThrow('did not begin to answer');
    expect(told).toContain('error: the model is unavailable; customers are handed to humans until it answers');
    turn();
    await expect(health.check()).resolves.toBeUndefined();
    expect(told.at(-1)).toBe('info: the model answers');
  });

  it('is starting before anything is known', async () => {
    const { health, look } = bench();
    await expect(health.check()).resolves.toMatch(/^starting/);
    await look();
    await expect(health.check()).resolves.toBeUndefined();
  });

  it('a failed check counts only when the next ones confirm it, within seconds', async () => {
    const { health, look } = bench();
    lists = 'unauthorised';
    await look();
    await expect(health.check()).resolves.toBeUndefined();
    await look(1_000);
    await look(1_000);
    await expect(health.check()).rejects.toThrow('OPENAI_API_KEY');
    expect(told.filter((line) => line.startsWith('error'))).toHaveLength(1);
    lists = undefined;
    await look(30_000);
    await expect(health.check()).resolves.toBeUndefined();
  });

  it('one failed check followed by one that works is forgotten', async () => {
    const { health, look } = bench();
    for (const _ of [1, 2, 3, 4]) {
      lists = 'unreachable';
      await look(30_000);
      lists = undefined;
      await look(1_000);
    }
    await expect(health.check()).resolves.toBeUndefined();
    expect(told.join()).not.toContain('unavailable');
  });

  it('checks a paid endpoint every half minute at most, and not while turns show its state', async () => {
    const { turn, look } = bench();
    for (let second = 0; second < 60; second++) await look(1_000);
    expect(listed).toBe(2);
    for (let second = 0; second < 60; second++) {
      turn();
      await look(1_000);
    }
    expect([listed, asked]).toEqual([2, 0]);
  });

  it('[S6] an endpoint with a rate limit is throttled, not unavailable: one line, and one when it is over', async () => {
    const { circuit, throttle, health, turn, look } = bench();
    const origin = { address: 'a', customer: 'c', chat: 's' };
    const refused = async () => {
      const pass = await throttle.enter(origin, 1_000, never);
      pass?.refused(2_000);
      pass?.leave();
      turn('rate_limited');
    };
    await refused();
    for (const _ of [1, 2, 3]) {
      await look(3_000);
      await refused();
    }
    expect(circuit.allows()).toBe(true);
    await expect(health.check()).rejects.toThrow(/^throttled: .* since 2.*; turns that wait: 0$/);
    await expect(checkPart(health.check)).resolves.toMatchObject({ status: 'degraded' });
    await look(60_000);
    await expect(health.check()).resolves.toBeUndefined();
    expect(told.filter((line) => line.includes('limit'))).toEqual([
      'warn: the model endpoint limits the rate of requests; turns wait for it',
      'info: the model endpoint does not limit the rate of requests any more',
    ]);
    expect(told.join()).not.toContain('unavailable');
  });

  it('a list of models does not make a failing model available; a short answer does', async () => {
    const { circuit, health, turn, look } = bench();
    for (const _ of [1, 2, 3]) turn('stalled');
    answers = 'slow';
    for (let second = 0; second < 40; second++) await look(1_000);
    await expect(health.check()).rejects.toThrow();
    expect([listed, asked]).toEqual([0, 2]);
    answers = undefined;
    await look(15_000);
    await expect(health.check()).resolves.toBeUndefined();
    expect(circuit.allows()).toBe(true);
  });

  it('rejects every request: unavailable within seconds, reported once in its own words, until it answers', async () => {
    const { health, turn, look } = bench();
    await look();
    answers = 'bad_request';
    for (const _ of [1, 2, 3]) turn('bad_request');
    await expect(health.check()).resolves.toBeUndefined();
    await look(1_000);
    await expect(health.check()).rejects.toThrow('did not accept the request (400): “it was decommissioned”');
    for (let second = 0; second < 120; second++) {
      turn('bad_request');
      await look(1_000);
    }
    expect(told.filter((line) => line.startsWith('error'))).toHaveLength(1);
    expect(asked).toBeLessThanOrEqual(6);
    answers = undefined;
    await look(30_000);
    await expect(health.check()).resolves.toBeUndefined();
    expect(told.at(-1)).toBe('info: the model answers');
  });

  it('rejects one customer only: health is not affected', async () => {
    const { health, turn, look } = bench();
    await look();
    for (const _ of [1, 2, 3, 4, 5]) turn('bad_request');
    await look(1_000);
    await expect(health.check()).resolves.toBeUndefined();
    expect(asked).toBe(1);
  });

  it.each(['none', 'other'] as const)('a list that is %s is no health: an answer tells', async (what) => {
    listing = what;
    answers = 'wrong_address';
    const { health, look } = bench();
    await look();
    await expect(health.check()).rejects.toThrow('OPENAI_BASE_URL');
    answers = undefined;
    await look(30_000);
    await expect(health.check()).resolves.toBeUndefined();
    const before = asked;
    for (let minute = 0; minute < 9; minute++) await look(60_000);
    expect(asked).toBeLessThanOrEqual(before + 1);
  });

  it('a rate limit on the trial is not repeated, and does not make the model unavailable', async () => {
    const { health, turn, look } = bench();
    await look();
    answers = 'rate_limited';
    for (const _ of [1, 2, 3]) turn('bad_request');
    await look(1_000);
    expect(asked).toBe(1);
    await expect(health.check()).resolves.toBeUndefined();
  });

  it.each(['empty', 'only_thoughts', 'garbled'] as const)(
    'every answer is %s: down, as nobody gets a word',
    async (kind) => {
      const { health, turn, look } = bench();
      await look();
      answers = kind;
      for (const _ of [1, 2, 3]) turn(kind);
      await look(1_000);
      await expect(health.check()).rejects.toThrow();
      answers = undefined;
      await look(30_000);
      await expect(health.check()).resolves.toBeUndefined();
    },
  );
});
