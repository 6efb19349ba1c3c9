import { describe, expect, it } from 'vitest';
import { agent, bot, customer, event, started } from '../../../test/entries.ts';
import { pendingReplyOf } from './pending-reply.ts';

describe('the pending reply', () => {
  const begun = (entries: Parameters<typeof pendingReplyOf>[0]['entries'], unansweredSeq: number) => ({
    session: { epoch: 1 },
    unansweredSeq,
    entries,
  });
  const now = Date.parse('2026-01-01T00:00:05.000Z');

  it('a greeting, when nothing was written yet, however long ago', () => {
    expect(pendingReplyOf(begun([started], 1), now)).toMatchObject({ kind: 'greeting' });
  });
  it('an answer to the newest message', () => {
    const pending = pendingReplyOf(begun([started, customer(2, 'Hi'), customer(3, 'Hello?')], 3), now);
    expect(pending).toEqual({
      kind: 'answer',
      epoch: 1,
      unansweredSeq: 3,
      newestAt: Date.parse('2026-01-01T00:00:03.000Z'),
    });
  });
  it('[A3] the handoff that was promised, and not one that was made', () => {
    const words = bot(3, 'A human comes.', undefined, { handover: true });
    expect(pendingReplyOf(begun([customer(2, 'Hi'), words], 2), now)).toMatchObject({ kind: 'handoff' });
    const made = [
      customer(2, 'Hi'),
      words,
      event(4, 'bot_transferred', 'waiting'),
      event(5, 'nobody_available'),
      customer(6, 'Hi'),
    ];
    expect(pendingReplyOf(begun(made, 6), now)).toMatchObject({ kind: 'answer' });
  });
});

const HELPFUL = 'You are a helpful support bot';

describe('a greeting in a persona', () => {
  const pendingOf = (
    entries: Parameters<typeof pendingReplyOf>[0]['entries'],
    unansweredSeq: number,
    { botContext = HELPFUL, allowed = true }: { botContext?: string | null; allowed?: boolean } = {},
  ) => pendingReplyOf({ session: { epoch: 1, botContext }, unansweredSeq, entries }, 0, allowed);
  const faster = [started, customer(2, 'Hi'), customer(3, 'Anybody?')];

  it('is pending at the beginning', () => {
    expect(pendingOf([started], 1)).toMatchObject({ kind: 'greeting', persona: true, beginningSeq: 1 });
    expect(pendingOf([started], 1, { allowed: false })).toMatchObject({ kind: 'greeting', beginningSeq: 1 });
    expect(pendingOf([started], 1, { allowed: false })).not.toHaveProperty('persona');
  });

  it('is pending for a customer who wrote first, before the answer', () => {
    expect(pendingOf(faster, 3)).toMatchObject({ kind: 'greeting', persona: true, beginningSeq: 1, unansweredSeq: 3 });
    expect(pendingOf(faster, 3, { botContext: null })).toMatchObject({ kind: 'answer' });
  });

  it('is given once, and not by a bot that comes back after a human', () => {
    expect(pendingOf([started, customer(2, 'Hi'), bot(3, 'Ahoy!', 1)], 2)).toMatchObject({ kind: 'answer' });
    const after = [started, event(2, 'customer_requested', 'waiting'), agent(3, 'Eve'), event(4, 'agent_returned')];
    expect(pendingOf([...after, customer(5, 'Hi')], 5)).toMatchObject({ kind: 'answer' });
    expect(pendingOf(faster.slice(1), 3), 'the beginning is out of sight').toMatchObject({ kind: 'answer' });
  });
});
