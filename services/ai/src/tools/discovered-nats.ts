import type { JsonObject } from '@baton/contracts';
import { type Log, startLoop, TRACE_HEADER, throttled, traceparent } from '@baton/runtime';
import { type Endpoint, headers, type NatsConnection, RequestStrategy, type ServiceInfo } from 'nats';
import { z } from 'zod';
import { shorten, storable } from '../context/well-formed-text.ts';
import type { Tool, ToolContext, ToolResult } from './tool.ts';

/** docs/tools.md is the contract with authors of tools. */
const DISCOVER_EVERY_MS = 30_000;
const CALL_TIMEOUT_MS = 8_000;
const MAX_RESULT = 8_000;
const LOOK_FOR_MS = 500;

const declared = z.object({
  'baton.tool': z.enum(['1', 'true']),
  summary: z.string().min(1).max(1_000),
  request: z.string().max(16_384),
});
const reply = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Looks for tools again and again, so that one comes and goes with its service. */
export function startToolDiscovery(nats: NatsConnection, root: string, log: Log) {
  let found: Tool[] = [];
  const loop = startLoop({
    name: 'tools',
    everyMs: DISCOVER_EVERY_MS,
    log,
    atOnce: true,
    run: async () => {
      found = await discoverTools(nats, root, log);
    },
  });
  return { found: () => found, kick: () => loop.kick(), stop: () => loop.stop() };
}

/** Requests the endpoints of every NATS micro service. Those that declare themselves as tools become tools. */
async function discoverTools(nats: NatsConnection, root: string, log: Log): Promise<Tool[]> {
  const tools = new Map<string, Tool>();
  // Replies are collected for a fixed time: the default strategy misses slow services at random.
  for await (const service of await nats.services
    .client({ maxWait: LOOK_FOR_MS, strategy: RequestStrategy.Timer })
    .info()) {
    for (const endpoint of endpointsOf(service, root)) {
      const tool = toTool(nats, endpoint);
      if (tool) tools.set(endpoint.name, tool);
      else if (endpoint.metadata?.['baton.tool'] !== undefined)
        throttled(log).warn(
          `${service.name} ${endpoint.name}`,
          { tool: endpoint.name, offeredBy: service.name },
          'a tool does not declare itself as docs/tools.md asks',
        );
    }
  }
  return [...tools.values()];
}

/** Installations may share one NATS: a service that names a `root` serves that installation only. */
function endpointsOf(service: ServiceInfo, root: string): Endpoints {
  const named = service.metadata?.root;
  return named === undefined || named === root ? service.endpoints : [];
}
type Endpoints = Pick<Endpoint & { name: string }, 'name' | 'subject' | 'metadata'>[];

function toTool(nats: NatsConnection, endpoint: Endpoints[number]): Tool | undefined {
  const metadata = declared.safeParse(endpoint.metadata);
  if (!metadata.success || !/^[a-zA-Z0-9_-]{1,64}$/.test(endpoint.name)) return undefined;
  const schema = readSchema(metadata.data.request);
  if (schema === undefined) return undefined;
  return {
    spec: { name: endpoint.name, description: metadata.data.summary, parameters: schema.parameters },
    parse(args) {
      const parsed = schema.check.safeParse(args);
      return parsed.success
        ? { ok: true, run: (context) => call(nats, endpoint.subject, parsed.data, context) }
        : { ok: false, wrong: z.prettifyError(parsed.error) };
    },
  };
}

/** The declared JSON Schema; undefined when it is invalid or not the schema of an object. */
function readSchema(text: string): { parameters: JsonObject; check: z.ZodType } | undefined {
  try {
    const parameters = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    if (parameters.type !== 'object') return undefined;
    // Zod validates the schema, and throws for what it does not support.
    return { parameters, check: z.fromJSONSchema(parameters as Parameters<typeof z.fromJSONSchema>[0]) };
  } catch {
    return undefined;
  }
}

/** [A4] Arguments and context travel side by side, so that no argument can replace the context. */
async function call(
  nats: NatsConnection,
  subject: string,
  args: unknown,
  { session, customer, unansweredSeq }: ToolContext,
): Promise<ToolResult> {
  const head = headers();
  const parent = traceparent();
  if (parent !== undefined) head.set(TRACE_HEADER, parent);
  const context = {
    sessionId: session.id,
    unansweredSeq,
    ...customer,
    // For older tools: the same as customerId, and so never an id that nobody has proven.
    ...(customer.customerId !== null && { userId: customer.customerId }),
  };
  const message = await nats.request(subject, encoder.encode(JSON.stringify({ args, context })), {
    timeout: CALL_TIMEOUT_MS,
    headers: head,
  });
  const answer = reply.safeParse(JSON.parse(decoder.decode(message.data)));
  if (!answer.success) return { ok: false, text: 'The tool gave an answer that cannot be read.' };
  if (!answer.data.ok) return { ok: false, text: shorten(storable(answer.data.message), MAX_RESULT) };
  const { value } = answer.data;
  return { ok: true, text: shorten(storable(typeof value === 'string' ? value : JSON.stringify(value)), MAX_RESULT) };
}
