import type { Entry, EventEntry } from '@baton/contracts';
import { describe, expect, it } from 'vitest';
import type { Emit } from '../connections/connection.ts';
import { acknowledgementOf, customerEntry, forCustomer } from './views.ts';

const sessionId = '0190a000-0000-7000-8000-000000000001';
const at = '2026-01-01T00:00:00.000Z';
const event = (change: Partial<EventEntry['change']>, content: string): Entry => ({
  kind: 'event',
  id: sessionId,
  sessionId,
  seq: 4,
  content,
  sender: 'system',
  timestamp: at,
  metadata: {},
  change: { from: 'agent', to: 'closed', cause: 'agent_closed', by: 'agent', epoch: 3, ...change },
});

describe('[S7] an entry as a customer sees it', () => {
  it('has an agent’s reason neither in the change nor in the sentence', () => {
    const shown = customerEntry(event({ reason: 'do not refund' }, 'Bob ended the chat. Reason: do not refund'));
    expect(shown).toMatchObject({ content: 'Bob ended the chat.' });
    expect(JSON.stringify(shown)).not.toContain('refund');
  });

  it('has the customer’s own reason, and the one that an agent meant for the customer', () => {
    const own = event({ by: 'user', cause: 'customer_ended', reason: 'found it' }, 'Ended. Reason: found it');
    expect(customerEntry(own)).toEqual(own);
    const told = event({ reason: 'do not refund', publicReason: 'We write to you.' }, 'Ended. Reason: do not refund');
    const shown = customerEntry(told);
    expect(shown).toMatchObject({ content: 'Ended. Reason: We write to you.', change: { reason: 'We write to you.' } });
    expect(JSON.stringify(shown)).not.toContain('refund');
  });

  it('keeps nothing of a sentence in which the reason stands elsewhere', () => {
    const shown = customerEntry(event({ reason: 'do not refund' }, 'Since do not refund, Bob ended the chat.'));
    expect(JSON.stringify(shown)).not.toContain('refund');
  });
});

describe('[S7] what a customer’s socket is sent', () => {
  const sent: { event: string; payload: unknown }[] = [];
  const emit = forCustomer(((name, payload) => sent.push({ event: name, payload })) as Emit);

  it('has only fields that the contract lists, at every depth', () => {
    const message = {
      kind: 'message' as const,
      id: sessionId,
      sessionId,
      seq: 3,
      content: 'Hello',
      sender: 'bot' as const,
      timestamp: at,
      metadata: { model: 'secret-9', usage: { promptTokens: 1 }, greeting: true },
    };
    emit('message:received', { ...message, internal: 'secret' } as typeof message);
    expect(sent.pop()).toEqual({ event: 'message:received', payload: { ...message, metadata: { greeting: true } } });
    const note = { id: sessionId, sessionId, agentId: sessionId, agentName: 'Bob', content: 'secret', createdAt: at };
    emit('note:added', note);
    expect(sent).toEqual([]);
  });

  it('holds for acknowledgements, too', () => {
    const session = { id: sessionId, status: 'bot', agentName: null, riskScore: 'secret' };
    const reply = { ok: true as const, value: { session } };
    expect(acknowledgementOf('customer:end_chat', reply as never)).toEqual({
      ok: true,
      value: { session: { id: sessionId, status: 'bot', agentName: null } },
    });
  });
});
