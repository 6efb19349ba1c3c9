import type { ErrorCode } from '../../src/index.ts';
import { DEFINITIONS, type JsonSchema } from '../wire/json-schema.ts';
import type { ChannelModel, ClientEventModel, EndpointModel, ServerEventModel, WireModel } from '../wire/wire-model.ts';
import { compactJson } from './compact-json.ts';
import { guideNames } from './guide-names.ts';
import { sample } from './sample.ts';
import { describeType, schemaTable } from './schema-table.ts';

/** docs/api.md: the wire for readers. Every example in it is built from the schemas, and tests parse them all. */
export function apiReference(model: WireModel): string {
  const sections = [
    INTRODUCTION,
    answers(model),
    ...Object.entries(model.services).map(([name, description]) => service(model, name, description)),
    channels(model),
    socketIntroduction(),
    '### What clients send',
    ...Object.entries(model.clientEvents).map(([name, event]) => clientEvent(model, name, event)),
    '### What the server sends',
    ...Object.entries(model.serverEvents).map(([name, event]) => serverEvent(model, name, event)),
    http(model),
    shapes(model),
    namesOfTheGuide(),
  ];
  return linkShapes(`${sections.join('\n\n')}\n`);
}

const INTRODUCTION = `<!-- Generated from packages/contracts by \`pnpm contracts:generate\`; do not edit. -->
# Reference

Everything that Baton can be asked, what it answers, and what it publishes. The schemas in \`packages/contracts\` are the
source; this page and [asyncapi.yaml](asyncapi.yaml) are made from them.

- [Answers](#answers) and [codes](#codes)
- Services on NATS: [session](#session-service), [queue](#queue-service), [ai](#ai-service), [gateway](#gateway-service),
  [workspace](#workspace-service), and their [channels](#channels)
- [Socket events](#socket-events): [what clients send](#what-clients-send), [what the server sends](#what-the-server-sends)
- [HTTP](#http)
- [Shapes](#shapes) that recur, [names of the guide](#names-of-the-guide)

All data is JSON in UTF-8. Ids are UUIDs (version 7 where Baton makes them), times are ISO 8601 in UTC. Fields may be
added at any time: ignore those that you do not know. Fields that Baton does not know are dropped.

## Calling by hand

Services are NATS micro services, so the \`nats\` command line tool finds and calls them:

\`\`\`sh
nats micro ls
nats micro info session     # endpoints with their schemas
nats micro stats session    # counts, errors and times
nats req chat.session.stats '{}'
\`\`\`

\`chat\` is the first token of every subject, unless the installation sets another. An empty request stands for \`{}\`.`;

function answers(model: WireModel): string {
  const rows = Object.entries(model.codes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return `## Answers

Every answer, over NATS and in the acknowledgement of a socket event, has one of two shapes:

\`\`\`json
${compactJson({ ok: true, value: {} })}
${compactJson({ ok: false, code: 'VALIDATION_FAILED', message: 'content: must not be blank', field: 'content' })}
\`\`\`

\`message\` is for the person who reads it and may change; decide by \`code\`. \`field\` is the path of the input that was
wrong. Each request lists the codes it may be refused with. Besides them there are those for any request,
${list(model.universalCodes)}, and those for any socket event,
${list(model.socketCodes)}.

### Codes

| code | meaning |
|---|---|
${rows.join('\n')}

The list may grow: treat a code that you do not know as \`INTERNAL\`.`;
}

function service(model: WireModel, name: string, description: string): string {
  const endpoints = Object.values(model.endpoints).filter((endpoint) => endpoint.service === name);
  return [`## ${name} service`, description, ...endpoints.map((one) => endpoint(model, one))].join('\n\n');
}

function endpoint(model: WireModel, of: EndpointModel): string {
  const { subject, summary, request, value, refusals, repeatable } = of;
  const name = `${of.service}.${of.key}`;
  const call = `nats req ${subject} '${compactJson(sample(request, model.definitions, { extent: 'required' }), Number.POSITIVE_INFINITY)}'`;
  return [
    `### ${name}`,
    `${summary}${repeatable ? '' : ' Do not repeat it when its outcome is unknown.'}`,
    `**Request** to \`${subject}\``,
    membersOf(model, request, 'required'),
    '**Value**',
    membersOf(model, value, 'always there'),
    refusalsOf(refusals),
    fence('sh', call),
    fence('json', compactJson({ ok: true, value: sample(value, model.definitions, { where: name }) })),
  ].join('\n\n');
}

function channels(model: WireModel): string {
  const group = (title: string, prose: string, members: Record<string, ChannelModel>) =>
    [`### ${title}`, prose, ...Object.values(members).map((one) => channel(model, one))].join('\n\n');
  return [
    '## Channels',
    'What is published, rather than requested.',
    group(
      'Events',
      'JetStream stream `CHAT`, at least once to each durable consumer. Published after the commit, deduplicated by `<session>:<seq>`. They hold no text: a consumer reads what it needs.',
      model.events,
    ),
    group('Notifications of a session', `${PLAIN} They are for those who follow the session now.`, model.live),
    group('Other notifications', PLAIN, model.hints),
  ].join('\n\n');
}

const PLAIN =
  'Plain NATS, at most once. A lost notification costs seconds: a reconciler or the next one makes up for it.';

function channel(model: WireModel, { subject, delivery, summary, payload }: ChannelModel): string {
  return [
    `#### \`${subject}\``,
    `${summary} Payload: ${describeType(payload)}.${delivery === 'request' ? ANSWERED : ''}`,
    fence('json', compactJson(sample(payload, model.definitions, { where: subject }))),
  ].join('\n\n');
}

const ANSWERED = ' A request: a subscriber for which it is true replies with an empty message.';

function socketIntroduction(): string {
  return `## Socket events

Socket.IO 4, default namespace, any gateway. Every event takes one object, and answers with an acknowledgement when the
client asks for one; to a client that does not, a refusal comes as [\`error\`](#error).

\`\`\`js
import { io } from 'socket.io-client';

const socket = io('http://localhost:3001');
socket.on('message:received', (message) => console.log(message.sender, message.content));
const reply = await socket.emitWithAck('customer:start_chat', { userId: 'customer-42' });
if (reply.ok) await socket.emitWithAck('customer:send_message', { sessionId: reply.value.session.id, content: 'Hello' });
\`\`\`

Events of customers and agents take a \`traceparent\` ([W3C Trace Context](https://www.w3.org/TR/trace-context/)), and
every acknowledgement has a \`traceId\` beside \`ok\`: the trace that the event was handled in, the one of the
\`traceparent\` or a new one. The logs of all services name it, and the spans, where spans are recorded.

An event may come before the acknowledgement of the call that caused it: merge by \`id\`, order by \`seq\`. After a
reconnect send \`customer:resume_chat\` or \`agent:resume\` with the token that you were given. Repeat a send whose outcome
you do not know with the same \`clientMessageId\`: it is stored once.

Customers need no key. Where an installation sets keys, and in production it must, a connection gives its own when it is
made: \`auth: {key}\`, compared with \`AGENT_KEY\` for \`agent:*\` and with \`ADMIN_KEY\` for \`admin:*\`. Roles are rights and
do not exclude each other: an agent who supervises gives both, \`auth: {key, adminKey}\`, and uses \`admin:*\` on the
connection it works on. A key that is not set is not asked for, so that in development any connection may supervise. Only
the two sides of a chat are kept apart: a connection is a customer's or an agent's, by what it does first.`;
}

function clientEvent(model: WireModel, name: string, { summary, payload, value, refusals }: ClientEventModel): string {
  return [
    `#### ${name}`,
    summary,
    '**Payload**',
    membersOf(model, payload, 'required'),
    '**Acknowledged with**',
    membersOf(model, value, 'always there'),
    refusalsOf(refusals),
    fence('json', compactJson(sample(payload, model.definitions, { where: name }))),
    fence('json', compactJson({ ok: true, value: sample(value, model.definitions, { where: name }) })),
  ].join('\n\n');
}

function serverEvent(model: WireModel, name: string, { summary, to, payload }: ServerEventModel): string {
  const receiver = {
    customer: 'the customer',
    agent: 'the agent',
    admin: 'the supervisor who asked',
    anyone: 'anyone',
    participants: 'the customer and the agent of the session',
  }[to];
  return [
    `#### ${name}`,
    `To ${receiver}. ${summary}`,
    membersOf(model, payload, 'always there'),
    fence('json', compactJson(sample(payload, model.definitions, { where: name }))),
  ].join('\n\n');
}

function http(model: WireModel): string {
  const parts = Object.entries(model.http).map(([name, { summary, payload }]) =>
    [`### ${name}`, summary, fence('json', compactJson(sample(payload, model.definitions, { where: name })))].join(
      '\n\n',
    ),
  );
  return ['## HTTP', 'Served by every gateway.', ...parts].join('\n\n');
}

function shapes(model: WireModel): string {
  const parts = Object.entries(model.definitions)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, schema]) =>
      [
        `### ${name}`,
        ...(schema.description === undefined ? [] : [String(schema.description)]),
        schemaTable(schema, 'always there'),
      ].join('\n\n'),
    );
  return ['## Shapes', ...parts].join('\n\n');
}

function namesOfTheGuide(): string {
  const tables = Object.entries(guideNames).map(([title, names]) => {
    const rows = Object.entries(names).map(
      ([there, { here, note }]) => `| \`${there}\` | [\`${here}\`](#${anchor(here)}) | ${note ?? ''} |`,
    );
    return `### Of the ${title} service\n\n| there | here | note |\n|---|---|---|\n${rows.join('\n')}`;
  });
  return [
    '## Names of the guide',
    'For readers of the implementation guide: its operations, and ours.',
    ...tables,
  ].join('\n\n');
}

/** The members of a schema; of one with a name, where they are listed. */
function membersOf(model: WireModel, schema: JsonSchema, presence: 'required' | 'always there'): string {
  if (typeof schema.$ref !== 'string') return schemaTable(schema, presence);
  const name = schema.$ref.slice(DEFINITIONS.length);
  return name in model.definitions ? `See ${describeType(schema)}.` : describeType(schema);
}

const refusalsOf = (refusals: readonly ErrorCode[]) =>
  refusals.length === 0 ? '**Refusals** none of its own.' : `**Refusals** ${list(refusals)}.`;
const list = (codes: readonly string[]) => codes.map((code) => `\`${code}\``).join(' ');
const fence = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``;
/** Turns links to `#shape:<Name>` into the anchors that GitHub gives the headings under Shapes. */
function linkShapes(text: string): string {
  const anchors = headingAnchors(text);
  const first = anchors.findIndex(({ heading }) => heading === 'Shapes');
  const shapeAnchors = new Map(anchors.slice(first + 1).map(({ heading, anchor }) => [heading, anchor]));
  return text.replaceAll(/\(#shape:(\w+)\)/g, (_, name: string) => `(#${shapeAnchors.get(name) ?? name})`);
}

/** All headings with their anchors: a repeated one gets a number. */
export function headingAnchors(text: string): { heading: string; anchor: string }[] {
  const seen = new Map<string, number>();
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
    const plain = anchor(heading);
    const before = seen.get(plain) ?? 0;
    seen.set(plain, before + 1);
    return { heading, anchor: before === 0 ? plain : `${plain}-${before}` };
  });
}

/** As GitHub makes the anchor of a heading. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
