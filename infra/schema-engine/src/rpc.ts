import { createInterface } from 'node:readline';
import { describeFailure, EnginePanic, InvalidParams } from './failures/failure.ts';

/** Codes of the JSON-RPC 2.0 specification (https://www.jsonrpc.org/specification#error_object). */
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
/** The native engine's code for everything that has a `data` to look at. */
const FAILED = 4466;

export interface RpcOptions {
  readonly input: NodeJS.ReadableStream;
  /** Ends the serving as the end of the input does: after the request in hand. */
  readonly signal: AbortSignal;
  readonly write: (line: string) => void;
  readonly find: (method: string) => ((params: unknown) => Promise<unknown>) | undefined;
}

interface Request {
  readonly id: string | number;
  readonly method: string;
  readonly params: unknown;
}

/**
 * Answers JSON-RPC requests, one JSON object a line, one after another in the order they came, until the input ends.
 * @throws {EnginePanic} at the request that caused it, which gets no answer: the process has to end
 */
export async function serve({ input, signal, write, find }: RpcOptions): Promise<void> {
  for await (const line of createInterface({ input, signal, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    const message = parse(line);
    if (message.kind === 'answer') continue; // the CLI confirms what it printed for us
    if (message.kind === 'bad') {
      write(failure(null, message.code, message.text));
      continue;
    }
    const { id, method, params } = message.request;
    const handler = find(method);
    if (handler === undefined) {
      write(failure(id, METHOD_NOT_FOUND, 'Method not found'));
      continue;
    }
    try {
      write(JSON.stringify({ jsonrpc: '2.0', result: await handler(params), id }));
    } catch (thrown) {
      if (thrown instanceof InvalidParams) {
        write(failure(id, INVALID_PARAMS, `Invalid params: ${thrown.message}`));
        continue;
      }
      if (thrown instanceof EnginePanic) throw thrown;
      write(failure(id, FAILED, 'An error happened. Check the data field for details.', describeFailure(thrown)));
    }
  }
}

type Message =
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'answer' }
  | { readonly kind: 'bad'; readonly code: number; readonly text: string };

function parse(line: string): Message {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'bad', code: PARSE_ERROR, text: 'Parse error' };
  }
  if (typeof value !== 'object' || value === null) return invalid;
  if ('result' in value || 'error' in value) return { kind: 'answer' };
  const id: unknown = Reflect.get(value, 'id');
  const method: unknown = Reflect.get(value, 'method');
  if (typeof method !== 'string' || (typeof id !== 'string' && typeof id !== 'number')) return invalid;
  return { kind: 'request', request: { id, method, params: Reflect.get(value, 'params') } };
}

const invalid: Message = { kind: 'bad', code: INVALID_REQUEST, text: 'Invalid request' };

function failure(id: string | number | null, code: number, message: string, data?: object): string {
  return JSON.stringify({ jsonrpc: '2.0', error: { code, message, ...(data && { data }) }, id });
}
