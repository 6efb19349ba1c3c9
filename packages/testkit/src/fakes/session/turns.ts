import { accept, type OverBudget, type ParsedRequestOf, refuse, type SessionApi } from '@baton/contracts';
import type { FakeHandlers } from '../direct-caller.ts';
import { botAnswers, copy, type Records } from './records.ts';

/** A granted or refused call of the model, as it was requested. */
export type ModelCall = ParsedRequestOf<SessionApi['endpoints']['takeModelCall']>;

/** The budgets of the model. A test decides which call exceeds one. */
export interface FakeBudgets {
  /** Every call that was requested, granted or not. */
  requested: ModelCall[];
  /** The corrections at the end of turns. */
  settled: { sessionId: string; tokens: number }[];
  over: () => OverBudget | undefined;
}

type TurnKeys = 'beginTurn' | 'endTurn' | 'takeModelCall' | 'listUnanswered';

export function turnHandlers({ sessions }: Records, budgets: FakeBudgets): Pick<FakeHandlers<SessionApi>, TurnKeys> {
  const noSession = () => refuse('NOT_FOUND', 'There is no such chat.');
  return {
    async beginTurn({ sessionId, worker, leaseMs, limit }) {
      const record = sessions.get(sessionId);
      if (record === undefined) return noSession();
      const { session, lease, unansweredSeq, unansweredSince, memory, memoryThroughSeq, source } = record;
      if (session.status === 'closed') return refuse('SESSION_CLOSED', 'The chat has ended.');
      if (!botAnswers(record) || unansweredSeq === null || unansweredSince === null)
        return refuse('NOTHING_OWED', 'No reply of the bot is pending here.');
      if (lease !== null && lease.worker !== worker && lease.until > Date.now())
        return refuse('TURN_TAKEN', 'Another worker is on this turn.');
      record.lease = { worker, until: Date.now() + leaseMs };
      const entries = record.entries.slice(-limit);
      const turn = { session, unansweredSeq, unansweredSince, memory, memoryThroughSeq, entries };
      return accept(copy({ ...turn, ...(source !== null && { source }) }));
    },

    async endTurn({ sessionId, worker, memory, tokens }) {
      if (tokens !== undefined) budgets.settled.push({ sessionId, tokens });
      const record = sessions.get(sessionId);
      if (record === undefined) return noSession();
      if (record.lease?.worker === worker) record.lease = null;
      const { lastSeq } = record.session;
      if (memory !== undefined && memory.throughSeq > record.memoryThroughSeq && memory.throughSeq <= lastSeq)
        Object.assign(record, { memory: memory.summary, memoryThroughSeq: memory.throughSeq });
      return accept({ owed: botAnswers(record) && record.unansweredSeq !== null });
    },

    async takeModelCall(call) {
      const over = budgets.over();
      budgets.requested.push(call);
      const tokens = budgets.requested.reduce((sum, requested) => sum + requested.tokens, 0);
      const today = { calls: budgets.requested.length, tokens };
      return accept({ granted: over === undefined, waitMs: 0, ...(over && { over }), today });
    },

    async listUnanswered({ olderThanMs, limit }) {
      const found = [...sessions.values()].flatMap((record) => {
        const { session, source, unansweredSeq, unansweredSince, lease } = record;
        if (!botAnswers(record) || unansweredSeq === null || unansweredSince === null) return [];
        if (Date.now() - Date.parse(unansweredSince) < olderThanMs || (lease !== null && lease.until > Date.now()))
          return [];
        const { id: sessionId, epoch } = session;
        return [{ sessionId, epoch, unansweredSeq, unansweredSince, ...(source !== null && { source }) }];
      });
      found.sort((a, b) => a.unansweredSince.localeCompare(b.unansweredSince));
      return accept({ sessions: found.slice(0, limit) });
    },
  };
}
