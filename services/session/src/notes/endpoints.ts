import { accept, refuse, type SessionApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import { NOT_ASSIGNED } from '../control/not-assigned.ts';
import type { Publications } from '../publications.ts';
import type { Stores } from '../stores-postgres.ts';

export function noteEndpoints(parts: {
  stores: Pick<Stores, 'notes'>;
  publications: Publications;
}): Pick<Handlers<SessionApi>, 'addNote'> {
  const { stores, publications } = parts;
  return {
    async addNote({ sessionId, agentId, content, clientNoteId }) {
      const added = await stores.notes.add({ sessionId, agentId, content, clientNoteId: clientNoteId ?? null });
      switch (added.kind) {
        case 'not assigned':
          return refuse('NOT_ASSIGNED', NOT_ASSIGNED);
        case 'reused':
          return refuse('ID_REUSED', 'clientNoteId: this id was already used for another note', 'clientNoteId');
        case 'added':
          publications.noteAdded(added.note);
          return accept({ note: added.note });
        case 'repeated':
          return accept({ note: added.note });
      }
    },
  };
}
