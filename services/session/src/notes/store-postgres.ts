import type { Note } from '@baton/contracts';
import { UniqueViolation } from '@baton/postgres';
import { newId } from '@baton/runtime';
import type { SessionNote } from '../generated/client.ts';
import type { Database } from '../platform/database-postgres.ts';

/** A session is shown with this many of its newest notes. */
const MAX_NOTES = 50;

const toNote = (row: SessionNote): Note => ({
  id: row.id,
  sessionId: row.sessionId,
  agentId: row.agentId,
  agentName: row.agentName,
  content: row.content,
  createdAt: row.createdAt.toISOString(),
});

export interface NewNote {
  sessionId: string;
  agentId: string;
  content: string;
  clientNoteId: string | null;
}

/** `reused`: the id was used for another note. `repeated`: for this one. */
export type Added = { kind: 'added' | 'repeated'; note: Note } | { kind: 'reused' | 'not assigned' };

export function createNoteStore(database: Database) {
  const findRepeat = async (fresh: NewNote): Promise<Added | undefined> => {
    const { sessionId, clientNoteId } = fresh;
    if (clientNoteId === null) return undefined;
    const row = await database.prisma.sessionNote.findUnique({
      where: { sessionId_clientNoteId: { sessionId, clientNoteId } },
    });
    if (row === null) return undefined;
    const same = row.agentId === fresh.agentId && row.content === fresh.content;
    return same ? { kind: 'repeated', note: toNote(row) } : { kind: 'reused' };
  };

  return {
    /** The newest notes of a session, in the order in which they were written. */
    async list(sessionId: string): Promise<Note[]> {
      const rows = await database.prisma.sessionNote.findMany({
        where: { sessionId },
        orderBy: { id: 'desc' },
        take: MAX_NOTES,
      });
      return rows.reverse().map(toNote);
    },

    /**
     * Stores a note of the agent that the session is assigned to. A repeat returns the first note, even after the
     * session was assigned to another agent. Only the assigned agent learns that an id was used by another. [S1]
     */
    async add(fresh: NewNote): Promise<Added> {
      const { sessionId, agentId, content, clientNoteId } = fresh;
      const before = await findRepeat(fresh);
      if (before?.kind === 'repeated') return before;
      const session = await database.prisma.chatSession.findUnique({
        where: { id: sessionId },
        select: { status: true, assignedAgentId: true, assignedAgent: { select: { name: true } } },
      });
      if (session?.status !== 'agent' || session.assignedAgentId !== agentId || session.assignedAgent === null)
        return { kind: 'not assigned' };
      if (before !== undefined) return before;
      const agentName = session.assignedAgent.name;
      try {
        const row = await database.prisma.sessionNote.create({
          data: { id: newId(), sessionId, agentId, agentName, content, clientNoteId },
        });
        return { kind: 'added', note: toNote(row) };
      } catch (error) {
        const first = error instanceof UniqueViolation ? await findRepeat(fresh) : undefined;
        if (first === undefined) throw error;
        return first;
      }
    },
  };
}
