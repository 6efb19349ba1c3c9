import { accept, type ErrorCode, type Reply, refuse, type Session, type SessionApi, type Wait } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { Stores } from '../stores-postgres.ts';
import type { Control, Result } from './control.ts';
import { decideAssign, decideCancel, decideClose, decideRelease, decideTransfer } from './decisions.ts';
import { NOT_ASSIGNED } from './not-assigned.ts';
import { decideStatus } from './system-decisions.ts';
import type { WaitingOfSource } from './view.ts';

type ControlHandlers = Pick<
  Handlers<SessionApi>,
  'transfer' | 'cancelTransfer' | 'clearWaiting' | 'assign' | 'release' | 'close' | 'changeStatus'
>;

const CLEAR_BATCH_SIZE = 200;

export function controlEndpoints(parts: {
  stores: Pick<Stores, 'sessions'>;
  control: Control;
  waitingLimits: WaitingOfSource;
}): ControlHandlers {
  const { control, waitingLimits } = parts;
  const { sessions } = parts.stores;
  return {
    async transfer(asked) {
      const result = await control.change(asked.sessionId, (view) => decideTransfer(view, asked, waitingLimits));
      return replyWith(result, ({ session, wait, repeated }) => {
        if (wait === null) throw new Error('a waiting session has no wait');
        return { session, wait, repeated };
      });
    },

    async cancelTransfer(asked) {
      const result = await control.change(asked.sessionId, (view) => decideCancel(view, asked));
      return replyWith(result, sessionOnly);
    },

    async clearWaiting({ reason }) {
      let cleared = 0;
      let afterId: string | undefined = '';
      while (afterId !== undefined) {
        const { waiting, hasMore } = await sessions.readWaiting(afterId, CLEAR_BATCH_SIZE);
        const ids = waiting.map(({ sessionId }) => sessionId);
        const results = await control.changeAll(ids, (view) => decideCancel(view, { cause: 'queue_cleared', reason }));
        for (const result of results.values()) if (result.kind === 'changed') cleared++;
        afterId = hasMore ? ids.at(-1) : undefined;
      }
      return accept({ cleared });
    },

    async assign(asked) {
      const result = await control.change(asked.sessionId, (view, agents) => decideAssign(view, agents, asked), [
        asked.agentId,
      ]);
      return replyWith(result, ({ session, wait, repeated }) => ({ session, ...(wait && { wait }), repeated }));
    },

    async release(asked) {
      const target = asked.to.type === 'agent' ? [asked.to.agentId] : [];
      const result = await control.change(
        asked.sessionId,
        (view, agents) => decideRelease(view, agents, asked),
        target,
      );
      return result === undefined ? notAssigned() : replyWith(result, sessionOnly);
    },

    async close(asked) {
      const result = await control.change(asked.sessionId, (view) => decideClose(view, asked));
      if (result === undefined && asked.by === 'agent' && asked.agentId !== undefined) return notAssigned();
      return replyWith(result, sessionOnly);
    },

    async changeStatus(asked) {
      const agents = asked.agentId === undefined ? [] : [asked.agentId];
      const result = await control.change(asked.sessionId, (view, found) => decideStatus(view, found, asked), agents);
      return replyWith(result, sessionOnly);
    },
  };
}

const notAssigned = () => refuse('NOT_ASSIGNED', NOT_ASSIGNED);
const sessionOnly = ({ session }: { session: Session }) => ({ session });

function replyWith<Code extends ErrorCode, Value>(
  result: Result<Code> | undefined,
  value: (done: { session: Session; wait: Wait | null; repeated: boolean }) => Value,
): Reply<Value, Code | 'NOT_FOUND'> {
  if (result === undefined) return refuse('NOT_FOUND', 'There is no such chat.');
  if (result.kind === 'refused') return result.refusal;
  const { session, wait, kind } = result;
  return accept(value({ session, wait, repeated: kind === 'unchanged' }));
}
