// The least that a NATS service can do: answer with what it was sent.
import { createServer } from 'node:http';
import { connect } from 'nats';

const nats = await connect({ servers: process.env.NATS_URL ?? '', noAsyncTraces: true });
nats.subscribe('bench.echo', { callback: (_, message) => void message.respond(message.data) });
const http = createServer((_, response) => response.writeHead(200).end());
http.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
