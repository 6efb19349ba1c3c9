import { emptyHistory, type Send, type View } from './history.ts';

/** Writes a history down while it happens. */
export function createRecorder() {
  const history = emptyHistory();
  const pending = new Set<Send>();
  const gone = new Map<string, number>();
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
    /** A client has lost its connection, or given it up. */
    away(client: string): void {
      if (!gone.has(client)) gone.set(client, Date.now());
    },
    /** It has another one, with everything that it had before. */
    back(client: string): void {
      const from = gone.get(client);
      if (from === undefined) return;
      gone.delete(client);
      history.absences.push({ client, from, to: Date.now() });
    },
    /** An agent has signed in on its connection. */
    signedIn: (client: string) => void history.signIns.push({ client, from: Date.now() }),
    signedOut(client: string): void {
      const signIn = history.signIns.findLast((one) => one.client === client);
      if (signIn !== undefined) signIn.to ??= Date.now();
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
