import type { z } from 'zod';
import type { ErrorCode } from './error-codes.ts';
import type { Reply } from './reply.ts';

/** An event that a client sends. Its acknowledgement, when the client asks for one, is a Reply. */
export interface ClientEvent<
  Payload extends z.ZodType = z.ZodType,
  Value extends z.ZodType = z.ZodType,
  Code extends ErrorCode = ErrorCode,
> {
  summary: string;
  payload: Payload;
  value: Value;
  /** Refusals besides the universal ones and those of every socket: see `socketCodes`. */
  refusals: readonly Code[];
}

export function clientEvent<
  Payload extends z.ZodType,
  Value extends z.ZodType,
  Code extends ErrorCode = never,
>(definition: {
  summary: string;
  payload: Payload;
  value: Value;
  refusals?: readonly Code[];
}): ClientEvent<Payload, Value, Code> {
  return { refusals: [], ...definition };
}

/** An event that the server sends; it expects no answer. */
export interface ServerEvent<Payload extends z.ZodType = z.ZodType> {
  summary: string;
  to: 'customer' | 'agent' | 'admin' | 'anyone' | 'participants';
  payload: Payload;
}

export function serverEvent<Payload extends z.ZodType>(definition: {
  summary: string;
  to: ServerEvent['to'];
  payload: Payload;
}): ServerEvent<Payload> {
  return definition;
}

/** What every client event may be refused with, besides the universal codes and its own. */
export const socketCodes = ['UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED', 'DRAINING'] as const;

export type PayloadOf<E extends ClientEvent | ServerEvent> = z.output<E['payload']>;
export type PayloadInputOf<E extends ClientEvent | ServerEvent> = z.input<E['payload']>;
export type AckValueOf<E extends ClientEvent> = z.output<E['value']>;
/** `traceId` names the trace that the event was handled in: logs and spans of every service have the same id. [O4] */
export type AckOf<E extends ClientEvent> = Reply<AckValueOf<E>> & { traceId?: string };

/** Handlers by event name, as Socket.IO's type parameters want them. */
export type ClientToServer<Events extends Record<string, ClientEvent>> = {
  [Name in keyof Events]: (payload: PayloadInputOf<Events[Name]>, ack?: (reply: AckOf<Events[Name]>) => void) => void;
};
export type ServerToClient<Events extends Record<string, ServerEvent>> = {
  [Name in keyof Events]: (payload: PayloadOf<Events[Name]>) => void;
};
