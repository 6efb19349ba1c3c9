/** What is in the middle: a chat of the agent's, or one that waits. */
export type Selection = { kind: 'chat' | 'waiting'; sessionId: string } | null;
