import type { EndedSession } from '@baton/contracts';
import type { Incoming } from '../connection/transport.ts';
import { entryOfChange } from '../log/conversation.ts';
import type { Wire } from '../log/conversation-sync.ts';
import type { SavedOutbox } from '../outbox/saved-outbox.ts';
import type { Clock } from '../platform/environment.ts';
import { type Assigned, type OpenChat, openAgentChat } from './agent-chat.ts';
import type { AgentChat } from './types.ts';

/** An agent's chats: those assigned to the agent, and those that were and have not been dismissed. */
export function createAgentChats(options: {
  clock: Clock;
  /** Who sits here; undefined when nobody does. */
  agentId: () => string | undefined;
  /** How far this agent had read a chat before a reload. */
  seenBefore: (sessionId: string) => number | undefined;
  outboxOf: (sessionId: string) => SavedOutbox;
  wireOf: (sessionId: string) => Omit<Wire, 'watched'>;
  changed: () => void;
}) {
  const chats = new Map<string, OpenChat>();
  let shown: ReadonlyMap<string, AgentChat> = new Map();
  let dirty = false;
  /** Chats from before the present return to the server, of which it has not spoken since. */
  let unconfirmed = new Set<string>();

  const changed = () => {
    dirty = true;
    options.changed();
  };
  const drop = (sessionId: string) => {
    chats.get(sessionId)?.stop();
    options.outboxOf(sessionId).clear();
    chats.delete(sessionId);
    changed();
  };
  const open = (sessionId: string, session: Assigned) => {
    const agentId = options.agentId();
    if (agentId === undefined) return;
    const chat = openAgentChat({
      clock: options.clock,
      assigned: session,
      agentId,
      seen: options.seenBefore(sessionId),
      saved: options.outboxOf(sessionId),
      wire: options.wireOf(sessionId),
      changed,
    });
    chats.set(sessionId, chat);
    chat.sync.connected();
    changed();
  };
  const assigned = (sessionId: string, session: Assigned) => {
    unconfirmed.delete(sessionId);
    const known = chats.get(sessionId);
    if (known) known.assigned(session);
    else open(sessionId, session);
  };

  return {
    get: (sessionId: string): OpenChat | undefined => chats.get(sessionId),
    received(incoming: Incoming): void {
      const { payload } = incoming;
      if (incoming.event === 'session:assigned') {
        assigned(incoming.payload.sessionId, incoming.payload.session);
        return;
      }
      const chat = 'sessionId' in payload ? chats.get(payload.sessionId) : undefined;
      if (chat === undefined) return;
      if (incoming.event === 'session:unassigned') chat.taken(incoming.payload.change);
      else if (incoming.event === 'note:added') chat.note(incoming.payload);
      else if (incoming.event === 'customer:presence') chat.presence(incoming.payload.present);
      else if (incoming.event === 'session:rated') chat.rated(incoming.payload.rating);
      else if (incoming.event === 'message:received') chat.sync.received([incoming.payload]);
      else if (incoming.event === 'status:changed') chat.sync.received([entryOfChange(incoming.payload)]);
      else if (incoming.event === 'message:draft') chat.sync.draft(incoming.payload);
      else if (incoming.event === 'typing') chat.sync.typing(incoming.payload);
      else if (incoming.event === 'seen') chat.sync.seenByOther(incoming.payload);
    },
    /** We are about to say who we are: what the server does not speak of from here on is no longer ours. */
    returning(): void {
      unconfirmed = new Set(chats.keys());
    },
    /**
     * Chats that ended with this agent, by the server's word; those that a reload has forgotten come without their log.
     */
    ended(sessions: readonly EndedSession[]): void {
      for (const { rating, ...session } of sessions) {
        const known = chats.get(session.id);
        known?.answered(session);
        known?.rated(rating);
        if (!known)
          open(session.id, { ...session, rating, messages: [], hasMore: session.lastSeq > 0, brief: null, notes: [] });
      }
    },
    /** The server has shown a chat that the agent looked at. */
    viewed(session: Assigned): void {
      const known = chats.get(session.id);
      if (known !== undefined) {
        if (known.assignment !== 'mine') known.viewed(session);
      } else if (session.status === 'closed') open(session.id, session);
    },
    returned(heldNow: readonly string[]): void {
      for (const sessionId of heldNow) unconfirmed.delete(sessionId);
      for (const sessionId of unconfirmed) chats.get(sessionId)?.taken(null);
      unconfirmed.clear();
    },
    connected(): void {
      for (const chat of chats.values()) chat.sync.connected();
    },
    drop,
    dropAll(): void {
      for (const sessionId of [...chats.keys()]) drop(sessionId);
    },
    /** How far the agent has read, by session. */
    seen: (): Record<string, number> =>
      Object.fromEntries([...chats].map(([sessionId, { sync }]) => [sessionId, sync.conversation.seen])),
    get snapshot(): ReadonlyMap<string, AgentChat> {
      if (dirty) shown = new Map([...chats].map(([sessionId, chat]) => [sessionId, chat.snapshot]));
      dirty = false;
      return shown;
    },
    stop(): void {
      for (const chat of chats.values()) chat.stop();
    },
  };
}
