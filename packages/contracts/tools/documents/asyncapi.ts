import { stringify } from 'yaml';
import type { ErrorCode } from '../../src/index.ts';
import { type JsonSchema, relocateReferences } from '../wire/json-schema.ts';
import { type ChannelModel, mapRecord, type WireModel } from '../wire/wire-model.ts';

const HEADER = `# The wire of Baton as AsyncAPI 3. Generated from packages/contracts by \`pnpm contracts:generate\`; do not edit.\n`;

/** The document as text. */
export function asyncApiText(model: WireModel): string {
  return HEADER + stringify(asyncApi(model), { lineWidth: 120, aliasDuplicateObjects: false });
}

/**
 * Baton as one application: it receives requests and clients' events and replies to them, and publishes on its channels
 * and sends servers' events. A reply on NATS goes to the inbox that the request names, and the answer to a socket event
 * is its acknowledgement, so channels of replies have no address.
 */
function asyncApi(model: WireModel): Record<string, unknown> {
  const channels: Record<string, unknown> = {};
  const operations: Record<string, unknown> = {};

  const receive = (name: string, from: Receiving) => {
    channels[name] = {
      address: from.address,
      servers: [reference('servers', from.server)],
      messages: { request: { name, summary: from.summary, payload: from.payload } },
    };
    channels[`${name}.reply`] = {
      address: null,
      servers: [reference('servers', from.server)],
      messages: {
        reply: {
          name: `${name}.reply`,
          payload: replySchema(from.value, from.codes, from.server === 'sockets' ? { traceId } : {}),
        },
      },
    };
    operations[name] = {
      action: 'receive',
      summary: from.summary,
      tags: [{ name: from.tag }],
      channel: reference('channels', name),
      messages: [reference('channels', name, 'messages', 'request')],
      reply: {
        ...(from.server === 'nats' && { address: { location: '$message.header#/reply' } }),
        channel: reference('channels', `${name}.reply`),
        messages: [reference('channels', `${name}.reply`, 'messages', 'reply')],
      },
    };
  };
  const send = (name: string, from: Sending) => {
    channels[name] = {
      address: from.address.replaceAll('<', '{').replaceAll('>', '}'),
      ...(from.parameters && { parameters: from.parameters }),
      servers: [reference('servers', from.server)],
      messages: { message: { name, summary: from.summary, payload: from.payload } },
    };
    operations[name] = {
      action: 'send',
      summary: from.summary,
      tags: [{ name: from.tag }],
      channel: reference('channels', name),
      messages: [reference('channels', name, 'messages', 'message')],
    };
  };

  for (const [name, { service, subject, summary, request, value, refusals }] of Object.entries(model.endpoints)) {
    const codes = [...refusals, ...model.universalCodes];
    receive(name, { server: 'nats', address: subject, tag: service, summary, payload: request, value, codes });
  }
  const publish = (tag: string, channels: Record<string, ChannelModel>) => {
    for (const [kind, { subject, summary, payload }] of Object.entries(channels)) {
      const parameters = parametersOf(subject);
      send(`${tag}.${kind}`, { server: 'nats', address: subject, tag, summary, payload, parameters });
    }
  };
  publish('event', model.events);
  publish('live', model.live);
  publish('hint', model.hints);
  for (const [name, { summary, payload, value, refusals }] of Object.entries(model.clientEvents)) {
    const codes = [...refusals, ...model.universalCodes, ...model.socketCodes];
    const tag = name.includes(':') ? (name.split(':')[0] ?? name) : 'anyone';
    receive(`client.${name}`, { server: 'sockets', address: name, tag, summary, payload, value, codes });
  }
  for (const [name, { summary, to, payload }] of Object.entries(model.serverEvents))
    send(`server.${name}`, { server: 'sockets', address: name, tag: to, summary, payload });

  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Baton',
      version: `${model.protocolVersion}.0.0`,
      description:
        'Every request, channel and socket event. The same for readers, with examples and the meaning of each code: docs/api.md.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      nats: { host: 'localhost:4222', protocol: 'nats', description: 'Requests, JetStream events and live subjects.' },
      sockets: {
        host: 'localhost:3001',
        protocol: 'socketio',
        description: 'Socket.IO 4 (Engine.IO 4), default namespace. A reply is the acknowledgement of the event.',
      },
    },
    channels: relocate(channels),
    operations,
    components: { schemas: relocate(mapRecord(model.definitions, (schema) => schema)) },
  };
}

interface Receiving {
  server: 'nats' | 'sockets';
  address: string;
  tag: string;
  summary: string;
  payload: JsonSchema;
  value: JsonSchema;
  codes: ErrorCode[];
}
interface Sending {
  server: 'nats' | 'sockets';
  address: string;
  tag: string;
  summary: string;
  payload: JsonSchema;
  parameters?: Record<string, { description: string }> | undefined;
}

const traceId = { type: 'string', description: 'of the trace that the event was handled in' };

/** The one reply shape, for one request. */
function replySchema(value: JsonSchema, codes: readonly ErrorCode[], more: Record<string, JsonSchema>): JsonSchema {
  return {
    oneOf: [
      {
        type: 'object',
        required: ['ok', 'value'],
        properties: { ok: { type: 'boolean', const: true }, value, ...more },
      },
      {
        type: 'object',
        required: ['ok', 'code', 'message'],
        properties: {
          ok: { type: 'boolean', const: false },
          code: { type: 'string', enum: [...codes] },
          message: { type: 'string', description: 'for the person who reads it' },
          field: { type: 'string', description: 'path of the input that was wrong, as a.b.0' },
          ...more,
        },
      },
    ],
  };
}

function parametersOf(subject: string): Record<string, { description: string }> | undefined {
  const names = [...subject.matchAll(/<(\w+)>/g)].map(([, name]) => name ?? '');
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name, { description: `id of the ${name}` }]));
}

const relocate = <T>(value: T): T => relocateReferences(value, '#/components/schemas/');

/** Keys of ours hold no blank, which a URI fragment would not take. */
function reference(...path: string[]) {
  return { $ref: `#/${path.map((token) => token.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}` };
}
