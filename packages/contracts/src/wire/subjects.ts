import type { EndpointKey, ServiceApi } from './endpoint.ts';

/** First token of every subject, unless an installation sets its own so that several can share one NATS. */
export const DEFAULT_SUBJECT_ROOT = 'chat';

/** What is announced of a session on JetStream. */
export const eventKinds = ['control'] as const;
export type EventKind = (typeof eventKinds)[number];

/** What is shown live to those who watch a session. */
export const liveKinds = ['entry', 'draft', 'typing', 'seen', 'position', 'note', 'attendance', 'presence'] as const;
export type LiveKind = (typeof liveKinds)[number];

/** What is announced of an agent: a chat was put in its hands; its record has changed; a chat was rated. */
export const agentHintKinds = ['assigned', 'changed', 'rated'] as const;
export type AgentHintKind = (typeof agentHintKinds)[number];

/** Every subject of an installation. `root` is one token without wildcards. */
export function subjects(root: string = DEFAULT_SUBJECT_ROOT) {
  return {
    root,
    endpoint: <Api extends ServiceApi>(api: Api, key: EndpointKey<Api>) => `${root}.${api.name}.${key}`,
    /** JetStream stream that holds `event(…)`. */
    stream: root.toUpperCase(),
    event: (sessionId: string, kind: EventKind) => `${root}.event.${sessionId}.${kind}`,
    anyEvent: (kind: EventKind | '*' = '*') => `${root}.event.*.${kind}`,
    /** Hint that the customer wrote while the bot has control: for whichever ai service is there to answer. */
    asked: (sessionId: string) => `${root}.bot.${sessionId}.asked`,
    anyAsked: `${root}.bot.*.asked`,
    live: (sessionId: string, kind: LiveKind) => `${root}.live.${sessionId}.${kind}`,
    anyLive: (sessionId: string) => `${root}.live.${sessionId}.*`,
    /** Coalesced hint that the waiting list has changed. */
    queueChanged: `${root}.queue.changed`,
    /** Hints about an agent: for the gateway that has it on a socket, and for whoever gives out work. */
    agent: (agentId: string, kind: AgentHintKind) => `${root}.agent.${agentId}.${kind}`,
    anyAgent: (kind: AgentHintKind) => `${root}.agent.*.${kind}`,
  };
}
export type Subjects = ReturnType<typeof subjects>;
