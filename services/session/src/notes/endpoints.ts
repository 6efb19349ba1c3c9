import { accept, refuse, type SessionApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { Announcements } from '../announcements.ts';
import { NOT_ASSIGNED } from '../control/not-assigned.ts';
import type { Database } from '../platform/database-postgres.ts';
import { keepNote } from './store-postgres.ts';

export function noteHandlers(parts: {
  database: Database;
  announcements: Announcements;
}): Pick<Handlers<SessionApi>, 'addNote'> {
  const { database, announcements } = parts;
  return {
    async addNote({ sessionId, agentId, content, clientNoteId }) {
      const kept = await keepNote(database, { sessionId, agentId, content, clientNoteId: clientNoteId ?? null });
      switch (kept.kind) {
        case 'not assigned':
          return refuse('NOT_ASSIGNED', NOT_ASSIGNED);
        case 'reused':
          return refuse('ID_REUSED', 'clientNoteId: this id was already used for another note', 'clientNoteId');
        case 'kept':
          announcements.note(kept.note);
          return accept({ note: kept.note });
        case 'repeated':
          return accept({ note: kept.note });
      }
    },
  };
}
