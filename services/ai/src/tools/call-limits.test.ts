import { describe, expect, it } from 'vitest';
import type { ToolCall } from '../model/model.ts';
import { createToolRounds } from './call-limits.ts';
import type { CallOutcome } from './registry.ts';

const calls = (...names: string[]): ToolCall[] => names.map((name, n) => ({ id: `c${n}`, name, arguments: '{}' }));
function bench() {
  const rounds = createToolRounds();
  const ran: string[] = [];
  const run = (asked: readonly ToolCall[]) =>
    rounds.run(asked, async (call): Promise<CallOutcome> => {
      ran.push(call.name);
      return { call, name: call.name, outcome: 'ok', result: { ok: true, text: 'done' }, tookMs: 1 };
    });
  return { ran, run };
}

describe('[S6] the tools of one turn', () => {
  it('are at most four a round; each further call is refused with a result', async () => {
    const { ran, run } = bench();
    const asked = calls(...Array.from({ length: 32 }, () => 'order_status'));
    const outcomes = await run(asked);
    expect(ran).toHaveLength(4);
    expect(outcomes.map(({ call }) => call)).toEqual(asked);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([...Array(4).fill('ok'), ...Array(28).fill('refused')]);
    expect(outcomes.at(-1)).toMatchObject({
      name: 'refused',
      result: { ok: false, text: expect.stringContaining('Not done') },
    });
  });

  it('write at most one poem, and run all other calls', async () => {
    const { ran, run } = bench();
    await run(calls('write_poem', 'write_poem', 'order_status'));
    await run(calls('order_status', 'write_poem'));
    expect(ran).toEqual(['write_poem', 'order_status', 'order_status']);
  });
});
