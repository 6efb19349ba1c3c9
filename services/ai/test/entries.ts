import type { ChangeCause, Entry, EventEntry, MessageEntry, SessionStatus } from '@baton/contracts';

const at = (seq: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seq)).toISOString();
const item = (seq: number) => ({ id: `id-${seq}`, sessionId: 's', seq, timestamp: at(seq), metadata: {} });

/** Entries for tests of what is decided from them. */
export const customer = (seq: number, content: string): MessageEntry => ({
  ...item(seq),
  kind: 'message',
  sender: 'user',
  content,
});
export const bot = (seq: number, content: string, inReplyTo?: number, metadata = {}): MessageEntry => ({
  ...item(seq),
  kind: 'message',
  sender: 'bot',
  content,
  metadata,
  ...(inReplyTo !== undefined && { inReplyTo }),
});
export const agent = (seq: number, content: string): MessageEntry => ({
  ...item(seq),
  kind: 'message',
  sender: 'agent',
  content,
});
export const event = (seq: number, cause: ChangeCause, to: SessionStatus = 'bot', reason?: string): EventEntry => ({
  ...item(seq),
  kind: 'event',
  sender: 'system',
  content: cause,
  change: { from: null, to, cause, by: 'system', epoch: 1, ...(reason !== undefined && { reason }) },
});
export const started: Entry = event(1, 'started');
