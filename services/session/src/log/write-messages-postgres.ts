import type { Database } from '../platform/database-postgres.ts';
import { writeMany } from './append-many-postgres.ts';
import { writeOne } from './append-one-postgres.ts';
import type { PendingMessage, Written } from './message.ts';

/**
 * Writes messages, in one transaction, and says of each what became of it. A message by itself takes the short way, if
 * it can.
 * @throws AlreadyThere when a repeat or an answer of one of them was committed meanwhile; try again.
 */
export async function writeMessages(database: Database, items: readonly PendingMessage[]): Promise<Written[]> {
  const [first, ...others] = items;
  const written = first !== undefined && others.length === 0 ? await writeOne(database, first) : undefined;
  return written === undefined ? writeMany(database, items) : [written];
}
