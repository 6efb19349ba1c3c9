import type { z } from 'zod';
import {
  catalogue,
  type Endpoint,
  type ErrorCode,
  errorCodes,
  PROTOCOL_VERSION,
  type ServerEvent,
  socketCodes,
  subjects,
  universalCodes,
} from '../src/index.ts';
import { createSchemaCollector, type JsonSchema } from './json-schema.ts';

export interface EndpointModel {
  service: string;
  key: string;
  subject: string;
  summary: string;
  request: JsonSchema;
  value: JsonSchema;
  refusals: readonly ErrorCode[];
  repeatable: boolean;
}
export interface AnnouncementModel {
  subject: string;
  summary: string;
  payload: JsonSchema;
}
export interface ClientEventModel {
  summary: string;
  payload: JsonSchema;
  value: JsonSchema;
  refusals: readonly ErrorCode[];
}
export interface ServerEventModel {
  summary: string;
  to: ServerEvent['to'];
  payload: JsonSchema;
}
export interface HttpModel {
  summary: string;
  payload: JsonSchema;
}

/** Everything that crosses a wire, as plain data: what the frozen snapshot and the documents are made from. */
export interface WireModel {
  protocolVersion: number;
  codes: Record<ErrorCode, string>;
  universalCodes: readonly ErrorCode[];
  socketCodes: readonly ErrorCode[];
  services: Record<string, string>;
  endpoints: Record<string, EndpointModel>;
  events: Record<string, AnnouncementModel>;
  live: Record<string, AnnouncementModel>;
  hints: Record<string, AnnouncementModel>;
  clientEvents: Record<string, ClientEventModel>;
  serverEvents: Record<string, ServerEventModel>;
  http: Record<string, HttpModel>;
  definitions: Record<string, JsonSchema>;
}

/** Reads the catalogue. Throws when a schema has no equivalent in JSON Schema. */
export function wireModel(): WireModel {
  const schemas = createSchemaCollector();
  const output = (schema: z.ZodType) => schemas.convert(schema, 'output');
  const input = (schema: z.ZodType) => schemas.convert(schema, 'input');
  const at = subjects();

  const endpoints = catalogue.services.flatMap((api) =>
    Object.entries(api.endpoints).map(([key, endpoint]: [string, Endpoint]): [string, EndpointModel] => [
      `${api.name}.${key}`,
      {
        service: api.name,
        key,
        subject: `${at.root}.${api.name}.${key}`,
        summary: endpoint.summary,
        request: input(endpoint.request),
        value: output(endpoint.value),
        refusals: endpoint.refusals,
        repeatable: endpoint.repeatable,
      },
    ]),
  );
  const announced = (
    kinds: Record<string, { summary: string; payload: z.ZodType }>,
    subject: (kind: string) => string,
  ): Record<string, AnnouncementModel> =>
    mapRecord(kinds, ({ summary, payload }, kind) => ({ subject: subject(kind), summary, payload: output(payload) }));

  const collected = {
    endpoints: Object.fromEntries(endpoints),
    events: announced(catalogue.events, (kind) => `${at.root}.event.<session>.${kind}`),
    live: announced(catalogue.live, (kind) => `${at.root}.live.<session>.${kind}`),
    hints: announced(catalogue.hints, (kind) => `${at.root}.${kind}`),
    clientEvents: mapRecord(catalogue.clientEvents, (event) => ({
      summary: event.summary,
      payload: input(event.payload),
      value: output(event.value),
      refusals: event.refusals as readonly ErrorCode[],
    })),
    serverEvents: mapRecord(catalogue.serverEvents, (event) => ({
      summary: event.summary,
      to: event.to,
      payload: output(event.payload),
    })),
    http: mapRecord(catalogue.http, ({ summary, payload }) => ({ summary, payload: output(payload) })),
  };
  return {
    protocolVersion: PROTOCOL_VERSION,
    codes: errorCodes,
    universalCodes,
    socketCodes,
    services: Object.fromEntries(catalogue.services.map((api) => [api.name, api.description])),
    ...schemas.settle(collected),
    definitions: schemas.definitions(),
  };
}

export function mapRecord<From, To>(
  record: Record<string, From>,
  change: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
