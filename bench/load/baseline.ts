// Does what no design of this kind can do without, one after the other, as a message would meet it: a Socket.IO event
// and its acknowledgement, a NATS request and its reply, a commit. Run by `driver.ts`.
import { Redis } from 'ioredis';
import { connect, type NatsConnection } from 'nats';
import pg from 'pg';
import { obey } from './obey.ts';
import { openLoop } from './open-loop.ts';
import type { BaselineLoad, BaselinePlaces, Measure } from './protocol.ts';
import { connectSocket, type LoadSocket } from './socket.ts';

const PAYLOAD = {
  sessionId: '019a7c50-7d1e-7c3a-9f6e-2b8d41c0a7f5',
  content: 'My order has not arrived yet, could you have a look where it is? Thank you very much.',
  clientMessageId: 'm-1',
};
const ROWS_A_BATCH = 100;
const COLUMNS = '(session_id, content)';

interface Parts {
  socket: LoadSocket;
  nats: NatsConnection;
  postgres: pg.Pool;
  redis: Redis;
}
let parts: Parts | undefined;

async function arrive(places: BaselinePlaces): Promise<void> {
  const postgres = new pg.Pool({ connectionString: places.databaseUrl });
  await postgres.query(
    'CREATE TABLE IF NOT EXISTS baseline (id bigserial PRIMARY KEY, session_id text NOT NULL, content text NOT NULL)',
  );
  parts = {
    socket: await connectSocket(places.echoUrl),
    nats: await connect({ servers: places.natsUrl.replace('nats://', ''), noAsyncTraces: true }),
    postgres,
    redis: new Redis(places.redisUrl),
  };
}

async function measure({ perSecond, seconds }: Measure): Promise<BaselineLoad> {
  if (parts === undefined) throw new Error('not connected');
  const { socket, nats, postgres, redis } = parts;
  const data = Buffer.from(JSON.stringify(PAYLOAD));
  const row = [PAYLOAD.sessionId, PAYLOAD.content];
  const batch = [0, 1].map((column) => Array.from({ length: ROWS_A_BATCH }, () => row[column]));
  const steps: Record<keyof BaselineLoad, () => Promise<unknown>> = {
    path: async () => {},
    echo: () => socket.ask('echo', PAYLOAD),
    request: () => nats.request('bench.echo', data),
    commit: () => postgres.query({ name: 'one', text: `INSERT INTO baseline ${COLUMNS} VALUES ($1, $2)`, values: row }),
    batchCommit: () =>
      postgres.query({
        name: 'many',
        text: `INSERT INTO baseline ${COLUMNS} SELECT * FROM unnest($1::text[], $2::text[])`,
        values: batch,
      }),
    script: () => redis.eval("return redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])", 1, 'baseline', 1, 'member'),
  };
  const times: BaselineLoad = { path: [], echo: [], request: [], commit: [], batchCommit: [], script: [] };
  const timed = async (step: keyof BaselineLoad) => {
    const start = performance.now();
    await steps[step]();
    times[step].push(performance.now() - start);
  };
  const running: Promise<void>[] = [];
  await openLoop({ perSecond, seconds }, (start) => {
    const walk = async () => {
      for (const step of ['echo', 'request', 'commit'] as const) await timed(step);
      times.path.push(performance.now() - start);
      await timed('batchCommit');
      await timed('script');
    };
    running.push(walk());
  });
  await Promise.all(running);
  return times;
}

obey<BaselinePlaces | Measure>({ arrive, measure });
