import type { Entry, Refusal, Session } from '@baton/contracts';
import type { Connection, IdentifyOutcome } from '../connection/connection.ts';
import { kindOf } from '../connection/refusal-kinds.ts';
import type { ChatRecord } from './saved-chat.ts';
import type { ChatOptions } from './types.ts';

/**
 * How a customer's page says on a new connection which chat it has, or opens one: a chat that is known is taken up, one
 * that is wanted is started. Both may be repeated at will: a start carries its id, a return the number shown last.
 */
export function createIdentify(options: {
  request: Connection['request'];
  record: ChatRecord;
  start: Pick<ChatOptions, 'userId' | 'botContext' | 'metadata' | 'greeted'>;
  wanted: () => boolean;
  /** Number of the newest entry that is shown. */
  head: () => number;
  /** How many of the entries after it are wanted at most, the newest; all when undefined. */
  page: () => number | undefined;
  /** `missed`: the newest entries, up to `page` of them; a gateway of an older version sends all as events instead. */
  opened: (session: Session, token: string, missed?: readonly Entry[]) => void;
  /** It cannot be now; it is tried again. */
  delayed: (why: Refusal) => void;
  /** It cannot be at all. */
  refused: (why: Refusal) => void;
  /** The chat is no longer there, or its token is too old. True when another shall be opened in its place. */
  vanished: (why: Refusal) => boolean;
}): () => Promise<IdentifyOutcome> {
  const { record } = options;
  const mayPass = (why: Refusal): boolean => ['passing', 'fault'].includes(kindOf(why.code));
  const delayed = (why: Refusal): IdentifyOutcome => {
    options.delayed(why);
    return 'again';
  };
  const refused = (why: Refusal): IdentifyOutcome => {
    options.refused(why);
    return 'stop';
  };

  const start = async (): Promise<IdentifyOutcome> => {
    const { userId, botContext, metadata, greeted } = options.start;
    const reply = await options.request('customer:start_chat', {
      userId,
      startId: record.current.startId,
      ...(botContext !== undefined && { botContext }),
      ...(metadata && { metadata }),
      ...(greeted && { greeted }),
    });
    if (reply.ok) {
      options.opened(reply.value.session, reply.value.token);
      return 'ready';
    }
    if (reply.code === 'ID_REUSED') {
      // This page before a reload, or another one, began it with other metadata and never heard what came of it.
      record.newStart();
      return start();
    }
    return mayPass(reply) ? delayed(reply) : refused(reply);
  };
  const resume = async ({ id, token }: { id: string; token: string }): Promise<IdentifyOutcome> => {
    const newest = options.page();
    const reply = await options.request('customer:resume_chat', {
      sessionId: id,
      token,
      lastSeq: options.head(),
      ...(newest !== undefined && { newest }),
    });
    if (record.current.session?.id !== id) return 'again';
    if (reply.ok) {
      options.opened(reply.value.session, reply.value.token, reply.value.entries);
      return 'ready';
    }
    if (mayPass(reply)) return delayed(reply);
    const another = options.vanished(reply);
    if (record.current.session) return 'again';
    return another ? start() : refused(reply);
  };

  return async () => {
    if (options.wanted()) record.lookAgain();
    if (record.current.session) return resume(record.current.session);
    return options.wanted() ? start() : 'ready';
  };
}
