import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type Store, TABLES } from './store.ts';

/** Postgres through its driver and a pool, with SQL by hand. */
export async function openWithDriver(databaseUrl: string): Promise<Store> {
  const pool = new pg.Pool({ connectionString: databaseUrl });
  for (const table of TABLES) await pool.query(table);
  return {
    async createSession(userId) {
      const id = randomUUID();
      await pool.query('INSERT INTO chat_sessions (id, user_id) VALUES ($1, $2)', [id, userId]);
      return { id, userId, status: 'bot', assignedAgent: null };
    },
    async updateStatus(sessionId, status, agentId) {
      const update = 'UPDATE chat_sessions SET status = $2, assigned_agent = $3, updated_at = now() WHERE id = $1';
      await pool.query(update, [sessionId, status, agentId]);
    },
    async addMessage(sessionId, content, sender) {
      const message = { id: randomUUID(), sessionId, content, sender, timestamp: new Date() };
      await pool.query(
        'INSERT INTO messages (id, session_id, content, sender, timestamp) VALUES ($1, $2, $3, $4, $5)',
        Object.values(message),
      );
      return message;
    },
    close: () => pool.end(),
  };
}
