// Ends well as soon as the database of DATABASE_URL answers; used where it is started at the same time as what needs
// it.
import pg from 'pg';

const PATIENCE_MS = 120_000;
const PAUSE_MS = 500;

const url = process.env.DATABASE_URL;
const deadline = Date.now() + PATIENCE_MS;
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
