import type { z } from 'zod';
import {
  type Channel,
  catalogue,
  type Delivery,
  type Endpoint,
  type ErrorCode,
  errorCodes,
  kindOf,
  PROTOCOL_VERSION,
  type ServerEvent,
  socketCodes,
  subjects,
  universalCodes,
} from '../../src/index.ts';
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
export interface ChannelModel {
  subject: string;
  delivery: Delivery;
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
  events: Record<string, ChannelModel>;
  live: Record<string, ChannelModel>;
  hints: Record<string, ChannelModel>;
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
  /** Channels by what tells one of a group from another. */
  const published = (channels: Record<string, Channel>, nameOf: (channel: Channel) => string) =>
    Object.fromEntries(
      Object.values(channels).map((channel): [string, ChannelModel] => [
        nameOf(channel),
        {
          subject: `${at.root}.${channel.subject}`,
          delivery: channel.delivery,
          summary: channel.summary,
          payload: output(channel.payload),
        },
      ]),
    );
  const { event, live, queue, bot, agent, workspace } = catalogue.channels;

  const collected = {
    endpoints: Object.fromEntries(endpoints),
    events: published(event, ({ subject }) => kindOf(subject)),
    live: published(live, ({ subject }) => kindOf(subject)),
    hints: Object.assign(
      {},
      ...[queue, bot, agent, workspace].map((group) => published(group, ({ subject }) => subject)),
    ) as Record<string, ChannelModel>,
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
