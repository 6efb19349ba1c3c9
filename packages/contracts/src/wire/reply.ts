import type { ErrorCode } from './error-codes.ts';

/** What a caller gets when its request was refused. `field` is the path of the input that was wrong, as `a.b.0`. */
export interface Refusal<Code extends ErrorCode = ErrorCode> {
  ok: false;
  code: Code;
  message: string;
  field?: string;
}

/** The one shape of an answer, from a NATS reply up to the acknowledgement of a socket event. */
export type Reply<Value, Code extends ErrorCode = ErrorCode> = { ok: true; value: Value } | Refusal<Code>;

export function accept<Value>(value: Value): { ok: true; value: Value } {
  return { ok: true, value };
}

export function refuse<Code extends ErrorCode>(code: Code, message: string, field?: string): Refusal<Code> {
  return field === undefined ? { ok: false, code, message } : { ok: false, code, message, field };
}
