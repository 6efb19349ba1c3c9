import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { change } from '@baton/contracts';
import { testSpace } from '@baton/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const space = await testSpace();
const db = new pg.Client({ connectionString: space.databaseUrl, application_name: 'seed-test' });
beforeAll(() => db.connect());
afterAll(() => db.end());

async function seed(env: Record<string, string> = {}): Promise<string> {
  const file = fileURLToPath(new URL('./seed.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [file], {
    env: { ...process.env, DATABASE_URL: space.databaseUrl, ...env },
  });
  return stdout.trim();
}

const rows = async (sql: string) => (await db.query(sql)).rows;

describe('the sample data', () => {
  it('is added once: two agents, and a session in each state', async () => {
    expect(await seed()).toBe('Added 2 agents and 4 sessions; the rest was there already.');
    const everything = () =>
      rows(`SELECT (SELECT jsonb_agg(a ORDER BY a.id) FROM agents a), (SELECT jsonb_agg(s ORDER BY s.id) FROM chat_sessions s),
        (SELECT count(*) FROM messages), (SELECT count(*) FROM transfer_queue), (SELECT count(*) FROM session_analytics)`);
    const first = await everything();
    expect(await seed()).toBe('Added 0 agents and 0 sessions; the rest was there already.');
    expect(await everything()).toEqual(first);
    const states = await rows('SELECT s.status::text FROM chat_sessions s ORDER BY s.status');
    expect(states.map(({ status }) => status)).toEqual(['bot', 'waiting', 'agent', 'closed']);
  });

  it('is what the service would have written', async () => {
    // Numbers without gaps, and correct counts.
    expect(
      await rows(`
        SELECT s.id FROM chat_sessions s JOIN session_analytics f ON f.session_id = s.id JOIN LATERAL (
          SELECT count(*) AS entries, max(seq) AS newest, count(*) FILTER (WHERE kind = 'message') AS messages,
            count(*) FILTER (WHERE sender = 'user') AS users, max((change ->> 'epoch')::int) AS epoch
          FROM messages WHERE session_id = s.id
        ) m ON true
        WHERE m.entries <> s.last_seq OR m.newest <> s.last_seq OR m.messages <> f.total_messages
          OR m.users <> f.user_messages OR m.epoch <> s.epoch`),
    ).toEqual([]);
    for (const row of await rows(`SELECT change FROM messages WHERE kind = 'event'`)) {
      expect(change.safeParse(row.change)).toMatchObject({ success: true });
    }
    const held = `(SELECT count(*)::int FROM chat_sessions WHERE assigned_agent = a.id AND status = 'agent')`;
    expect(await rows(`SELECT name FROM agents a WHERE active <> ${held}`)).toEqual([]);
    // Only the waiting session is in the queue.
    expect(
      await rows(`SELECT 1 FROM chat_sessions s FULL JOIN transfer_queue q ON q.session_id = s.id AND q.is_active
        WHERE (s.status = 'waiting') IS DISTINCT FROM (q.is_active IS TRUE) AND (q.is_active OR s.status = 'waiting')`),
    ).toEqual([]);
  });

  it('is not for production', async () => {
    await expect(seed({ NODE_ENV: 'production' })).rejects.toMatchObject({
      code: 1,
      stderr: 'Sample data is not for production (NODE_ENV).\n',
    });
  });
});
