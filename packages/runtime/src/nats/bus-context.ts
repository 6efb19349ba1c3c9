import { type Allowed, type Channel, paramsOf, type Subjects } from '@baton/contracts';
import type { NatsConnection } from 'nats';
import type { Log } from '../observability/logger.ts';

/** What every part of the bus works with. */
export interface Wire {
  nats: NatsConnection;
  /** First token of every subject. */
  root: string;
  subjects: Subjects;
  /** What the process may do on NATS: its row of `serviceAccess`. [S4] */
  allowed: Allowed;
  log: Log;
  /** A message that does not fit its channel: logged without its content, counted, and not handled. */
  skip(channel: Channel, subject: string): void;
  /** Counts a message that could not be published. */
  unsent(channel: Channel): void;
  answersWithin(milliseconds: number): Promise<boolean>;
}

/** Which message it was, for the log: its channel and, as elsewhere, `sessionId` or `agentId`. */
export function factsOf(channel: Channel, subject: string): Record<string, string> {
  const ids = Object.entries(paramsOf(channel, subject)).map(([name, value]) => [`${name}Id`, value]);
  return { channel: channel.subject, ...Object.fromEntries(ids) };
}
