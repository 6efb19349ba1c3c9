import { accept, refuse, type SessionApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { Database } from '../database-postgres.ts';
import { readPage } from '../log/entries-postgres.ts';
import { beginTurn, endTurn, findUnanswered } from './turns-postgres.ts';

type TurnHandlers = Pick<Handlers<SessionApi>, 'beginTurn' | 'endTurn' | 'listUnanswered'>;

const refusals = {
  NOT_FOUND: 'There is no such chat.',
  SESSION_CLOSED: 'The chat has ended.',
  NOTHING_OWED: 'The bot owes no answer here.',
  TURN_TAKEN: 'Another worker is on this turn.',
} as const;

export function turnHandlers(parts: { database: Database }): TurnHandlers {
  const { database } = parts;
  return {
    async beginTurn({ sessionId, worker, leaseMs, limit }) {
      const turn = await beginTurn(database, { sessionId, worker, leaseMs });
      if (typeof turn === 'string') return refuse(turn, refusals[turn]);
      const { entries } = await readPage(database, {
        sessionId,
        afterSeq: 0,
        throughSeq: turn.session.lastSeq,
        limit,
        last: true,
      });
      return accept({ ...turn, entries });
    },

    async endTurn({ sessionId, worker, memory }) {
      const owed = await endTurn(database, { sessionId, worker, memory });
      return owed === undefined ? refuse('NOT_FOUND', refusals.NOT_FOUND) : accept({ owed });
    },

    async listUnanswered({ olderThanMs, limit }) {
      return accept({ sessions: await findUnanswered(database, olderThanMs, limit) });
    },
  };
}
