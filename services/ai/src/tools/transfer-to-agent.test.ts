import { describe, expect, it } from 'vitest';
import { transferToAgent } from './transfer-to-agent.ts';

const HIGH_REASONS = ['danger', 'payment'];

describe('[A3] the transfer tool', () => {
  it.each([undefined, 'text', {}, { reason: 42, priority: 'yesterday', mood: 'purple', language: {} }])(
    'is not lost to arguments such as %j',
    async (args) => {
      const parsed = transferToAgent(HIGH_REASONS).parse(args);
      expect(parsed.ok && (await parsed.run({} as never))).toEqual({
        handoff: {
          cause: 'bot_transferred',
          via: 'tool',
          reason: 'A human takes over.',
          priority: 'normal',
          brief: {},
        },
      });
    },
  );
  it('describes the arguments that the contract needs', () => {
    expect(transferToAgent(HIGH_REASONS).spec.parameters).toMatchObject({
      required: ['reason', 'priority', 'summary'],
      properties: { priority: { enum: ['high', 'normal', 'low'] }, mood: { enum: ['calm', 'upset', 'angry'] } },
    });
  });

  const priorityOf = async (reasons: readonly string[], args: object) => {
    const parsed = transferToAgent(reasons).parse({ reason: 'Urgent!', summary: 'It is urgent.', ...args });
    return parsed.ok ? await parsed.run({} as never) : parsed;
  };
  it("[S6] gives high priority only for a reason on the operator's list", async () => {
    for (const highBecause of [undefined, 'urgent', 'Payment', ['payment'], null, ''])
      expect(await priorityOf(HIGH_REASONS, { priority: 'high', highBecause })).toMatchObject({
        handoff: { priority: 'normal' },
      });
    expect(await priorityOf(HIGH_REASONS, { priority: 'high', highBecause: 'payment' })).toMatchObject({
      handoff: { priority: 'high' },
    });
    // A reason alone raises nothing.
    expect(await priorityOf(HIGH_REASONS, { priority: 'low', highBecause: 'payment' })).toMatchObject({
      handoff: { priority: 'low' },
    });
    expect(await priorityOf([], { priority: 'high', highBecause: 'payment' })).toMatchObject({
      handoff: { priority: 'normal' },
    });
  });
  it('[S6] shows the model that list, and no high priority without one', () => {
    expect(transferToAgent(HIGH_REASONS).spec.parameters).toMatchObject({
      properties: { highBecause: { enum: HIGH_REASONS } },
    });
    const { properties } = transferToAgent([]).spec.parameters as { properties: Record<string, unknown> };
    expect(properties).toMatchObject({ priority: { enum: ['normal', 'low'] } });
    expect(properties).not.toHaveProperty('highBecause');
  });
});
