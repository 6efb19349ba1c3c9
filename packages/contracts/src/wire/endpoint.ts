import type { z } from 'zod';
import type { ErrorCode, UniversalCode } from './error-codes.ts';
import type { Reply } from './reply.ts';

/** One thing that a service can be asked for, over NATS request and reply. */
export interface Endpoint<
  Request extends z.ZodType = z.ZodType,
  Value extends z.ZodType = z.ZodType,
  Code extends ErrorCode = ErrorCode,
> {
  /** What it does, in a sentence; shown by `nats micro info` and in docs/api.md. */
  summary: string;
  request: Request;
  value: Value;
  /** Refusals besides the universal ones. */
  refusals: readonly Code[];
  /** Whether repeating a request whose outcome is unknown is harmless. */
  repeatable: boolean;
}

export function endpoint<
  Request extends z.ZodType,
  Value extends z.ZodType,
  Code extends ErrorCode = never,
>(definition: {
  summary: string;
  request: Request;
  value: Value;
  refusals?: readonly Code[];
  repeatable?: boolean;
}): Endpoint<Request, Value, Code> {
  return { refusals: [], repeatable: true, ...definition };
}

/** All endpoints of one service. Key = TypeScript name = micro endpoint name = last token of the subject. */
export interface ServiceApi {
  name: string;
  description: string;
  endpoints: Record<string, Endpoint>;
}

export type EndpointKey<Api extends ServiceApi> = keyof Api['endpoints'] & string;
export type RequestOf<E extends Endpoint> = z.input<E['request']>;
export type ParsedRequestOf<E extends Endpoint> = z.output<E['request']>;
export type ValueOf<E extends Endpoint> = z.output<E['value']>;
export type CodeOf<E extends Endpoint> = E['refusals'][number] | UniversalCode;
export type ReplyOf<E extends Endpoint> = Reply<ValueOf<E>, CodeOf<E>>;
