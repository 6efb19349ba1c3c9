import type { Session } from '@baton/client';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * What to call a customer: the name that the embedding page gave with the chat, or else its id of the customer. An id
 * that is nothing but random is shortened to what people can tell apart.
 */
export function customerName(session: Pick<Session, 'userId' | 'metadata'>): string {
  const { name } = session.metadata;
  if (typeof name === 'string' && name.trim() !== '') return name.trim().slice(0, 80);
  const { userId } = session;
  const random = /^(?:(.*?)[-_:])?([0-9a-f-]{36})$/i.exec(userId);
  if (random === null || !UUID.test(random[2] ?? '')) return userId;
  const kind = random[1] === undefined || random[1] === '' ? 'Visitor' : capital(random[1]);
  return `${kind} ${(random[2] ?? '').slice(-4)}`;
}

const capital = (word: string) => word.slice(0, 1).toLocaleUpperCase() + word.slice(1);
