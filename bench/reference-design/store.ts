export interface Session {
  id: string;
  userId: string;
  status: string;
  assignedAgent: string | null;
}

export interface Message {
  id: string;
  sessionId: string;
  content: string;
  sender: string;
  timestamp: Date;
}

/** What is kept: one statement for each thing. */
export interface Store {
  createSession(userId: string): Promise<Session>;
  updateStatus(sessionId: string, status: string, agentId: string | null): Promise<void>;
  addMessage(sessionId: string, content: string, sender: string): Promise<Message>;
  close(): Promise<void>;
}

/** The tables of the reference design, as far as a conversation between a customer and an agent touches them: see schema.prisma. */
export const TABLES = [
  `CREATE TABLE chat_sessions (
    id text PRIMARY KEY, user_id text NOT NULL, status text NOT NULL DEFAULT 'bot', assigned_agent text,
    bot_context jsonb, metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamp(3) NOT NULL DEFAULT now(), updated_at timestamp(3) NOT NULL DEFAULT now()
  )`,
  `CREATE TABLE messages (
    id text PRIMARY KEY, session_id text NOT NULL REFERENCES chat_sessions (id), content text NOT NULL,
    sender text NOT NULL, timestamp timestamp(3) NOT NULL DEFAULT now(), metadata jsonb NOT NULL DEFAULT '{}'
  )`,
  'CREATE INDEX ON messages (session_id, timestamp)',
];
