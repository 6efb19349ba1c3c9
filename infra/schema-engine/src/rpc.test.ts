import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { EnginePanic, InvalidParams, KnownFailure } from './failures/failure.ts';
import { serve } from './rpc.ts';

type Handler = (params: unknown) => Promise<unknown>;

/** Serves what is written to `input`; `answers` are the lines that came back, parsed. */
function serving(handlers: Record<string, Handler>) {
  const input = new PassThrough();
  const stop = new AbortController();
  const answers: unknown[] = [];
  const done = serve({
    input,
    signal: stop.signal,
    write: (line) => answers.push(JSON.parse(line)),
    find: (method) => handlers[method],
  });
  return { input, stop, answers, done };
}

/** All answers to these lines. */
async function answersTo(lines: readonly unknown[], handlers: Record<string, Handler>): Promise<unknown[]> {
  const { input, answers, done } = serving(handlers);
  for (const line of lines) input.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  input.end();
  await done;
  return answers;
}

const request = (id: number, method: string, params?: unknown) => ({ jsonrpc: '2.0', id, method, params });

describe('serve', () => {
  it('answers each request with its result, in the order they came, one at a time', async () => {
    const running: string[] = [];
    const answers = await answersTo([request(1, 'slow', { n: 1 }), request(2, 'fast')], {
      slow: async (params) => {
        running.push('slow begins');
        await new Promise((resolve) => setImmediate(resolve));
        running.push('slow ends');
        return params;
      },
      fast: async () => {
        running.push('fast');
        return null;
      },
    });
    expect(running).toEqual(['slow begins', 'slow ends', 'fast']);
    expect(answers).toEqual([
      { jsonrpc: '2.0', result: { n: 1 }, id: 1 },
      { jsonrpc: '2.0', result: null, id: 2 },
    ]);
  });

  it('reports a failure that has a code as the native engine does, and goes on', async () => {
    const answers = await answersTo([request(1, 'fails'), request(2, 'works')], {
      fails: async () => {
        throw new KnownFailure('P1003', 'Database `x` does not exist', { database_name: 'x' });
      },
      works: async () => 'yes',
    });
    expect(answers).toEqual([
      {
        jsonrpc: '2.0',
        error: {
          code: 4466,
          message: 'An error happened. Check the data field for details.',
          data: {
            is_panic: false,
            message: 'Database `x` does not exist',
            meta: { database_name: 'x' },
            error_code: 'P1003',
          },
        },
        id: 1,
      },
      { jsonrpc: '2.0', result: 'yes', id: 2 },
    ]);
  });

  it("keeps the code of the WebAssembly engine's own errors", async () => {
    const thrown = Object.assign(new Error('found failed migrations'), { name: 'SchemaConnectorError', code: 'P3009' });
    const [answer] = await answersTo([request(1, 'fails')], { fails: () => Promise.reject(thrown) });
    expect(answer).toMatchObject({ error: { data: { error_code: 'P3009', message: 'found failed migrations' } } });
  });

  it.each([
    ['not JSON', 'junk', { code: -32700, message: 'Parse error' }, null],
    ['not a request', [], { code: -32600, message: 'Invalid request' }, null],
    ['without an id', { method: 'known' }, { code: -32600, message: 'Invalid request' }, null],
    ['of an unknown method', request(7, 'unknown'), { code: -32601, message: 'Method not found' }, 7],
    ['with wrong parameters', request(8, 'picky'), { code: -32602, message: 'Invalid params: missing field `x`' }, 8],
  ])('refuses what is %s, and goes on', async (_, line, error, id) => {
    const answers = await answersTo([line, request(9, 'known')], {
      known: async () => 'here',
      picky: async () => {
        throw new InvalidParams('missing field `x`');
      },
    });
    expect(answers).toEqual([
      { jsonrpc: '2.0', error, id },
      { jsonrpc: '2.0', result: 'here', id: 9 },
    ]);
  });

  it('does not answer answers, nor empty lines', async () => {
    expect(await answersTo([{ jsonrpc: '2.0', id: 0, result: {} }, ''], {})).toEqual([]);
  });

  it('ends without an answer when the engine panicked', async () => {
    const { input, answers, done } = serving({ panics: () => Promise.reject(new EnginePanic('unreachable')) });
    input.write(`${JSON.stringify(request(1, 'panics'))}\n`);
    await expect(done).rejects.toBeInstanceOf(EnginePanic);
    expect(answers).toEqual([]);
  });

  it('ends when it is told to, though the input does not', async () => {
    const { stop, done } = serving({});
    stop.abort();
    await done;
  });
});
