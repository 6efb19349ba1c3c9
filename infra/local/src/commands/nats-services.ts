// What `nats micro stats` shows, for machines without the nats command: every service on NATS and its endpoints.
import { join } from 'node:path';
import { natsAddress } from '@baton/addresses';
import { connect, ErrorCode, NatsError, RequestStrategy } from 'nats';
import { withComposeServers } from '../compose/compose-servers.ts';
import { DATA, projectEnv, readEnvFile } from '../project.ts';
import { show, warn } from '../screen/screen.ts';

const env = { ...readEnvFile(join(DATA, 'backends.env')), ...projectEnv() };
const { NATS_URL, NATS_CA_FILE } = await withComposeServers(env, warn, ['NATS_URL']);
if (NATS_URL === undefined) {
  warn('No NATS to ask: start Baton first (npm start, or pnpm docker:up), or set NATS_URL.');
  process.exit(1);
}

const connection = await connect({ ...natsAddress(NATS_URL, NATS_CA_FILE), reconnect: false });
const rows: string[][] = [];
const asked = connection.services.client({ maxWait: 1_000, strategy: RequestStrategy.Timer }).stats();
const answers = await asked.catch((error: unknown) => {
  // NATS itself reports that nobody answers.
  if (error instanceof NatsError && error.code === ErrorCode.NoResponders) return [];
  throw error;
});
for await (const service of answers) {
  for (const endpoint of service.endpoints ?? []) {
    const average = endpoint.average_processing_time / 1e6;
    rows.push([
      service.name,
      service.id.slice(0, 8),
      endpoint.subject,
      String(endpoint.num_requests),
      String(endpoint.num_errors),
      endpoint.num_requests === 0 ? '' : average.toFixed(1),
    ]);
  }
}
await connection.close();

const head = ['SERVICE', 'INSTANCE', 'SUBJECT', 'REQUESTS', 'ERRORS', 'MS'];
const sorted = rows.sort((a, b) => a.join().localeCompare(b.join()));
const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
for (const row of [head, ...sorted]) {
  show(
    row
      .map((cell, column) => (column < 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}
if (rows.length === 0) warn('No service answered.');
