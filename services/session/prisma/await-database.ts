// Exits with 0 once the database of DATABASE_URL answers, for scripts that start it together with its clients.
// it.
import pg from 'pg';

const TIMEOUT_MS = 120_000;
const PAUSE_MS = 500;

const url = process.env.DATABASE_URL;
const deadline = Date.now() + TIMEOUT_MS;
for (;;) {
  try {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
    client.on('error', () => {});
    await client.connect().finally(() => client.end().catch(() => {}));
    break;
  } catch (error) {
    if (Date.now() > deadline) {
      process.stderr.write(`The database did not answer: ${error instanceof Error ? error.message : error}\n`);
      process.exit(1);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
