import { customerName as nameOf, type Session } from '@baton/client';
import { words } from '../words/words.ts';

/** What the console calls a customer. */
export const customerName = (session: Pick<Session, 'userId' | 'metadata' | 'customer'>): string =>
  nameOf(session, words.senders.visitor);
