import { emptyHistory, type Send, type View } from './history.ts';

/** Writes a history down while it happens. */
export function createRecorder() {
  const history = emptyHistory();
  const pending = new Set<Send>();
  let views = 0;
  return {
    history,
    /** Sends that have no good answer yet. */
    pending: pending as ReadonlySet<Send>,
    answered(client: string, event: string, reply: { ok: boolean; code?: string }): void {
      history.answers.push({ client, event, at: Date.now(), ok: reply.ok, code: reply.code });
    },
    sent(send: Omit<Send, 'sentAt' | 'told'>): Send {
      const made: Send = { ...send, sentAt: Date.now(), told: [] };
      history.sends.push(made);
      pending.add(made);
      return made;
    },
    settled: (send: Send) => void pending.delete(send),
    opened(view: Omit<View, 'id' | 'openedAt' | 'connectedAt'>): View {
      const made: View = { ...view, id: String(++views), openedAt: Date.now(), connectedAt: Date.now() };
      history.views.push(made);
      return made;
    },
  };
}
export type Recorder = ReturnType<typeof createRecorder>;
