import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { DEFAULT_MODEL } from './faults/behaviours.ts';
import { type Counts, createControl, type Rule, type SeenRequest } from './faults/control.ts';
import { createModelServer } from './http/server.ts';
import { loadKnowledge } from './load-knowledge.ts';

export { DEFAULT_MODEL } from './faults/behaviours.ts';
export type { Counts, Rule, SeenRequest } from './faults/control.ts';

export interface OfflineModelOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: as fast as the connection takes them. The process for people uses 40. */
  readonly tokensPerSecond?: number;
  /** Time to the first token. Default 0 when there is no pace, else 250. */
  readonly firstTokenMs?: number;
  /** A folder of Markdown files. Default: the sample knowledge. */
  readonly knowledgeDir?: string;
  /** Opens `/control` and remembers requests with their messages. Default false. */
  readonly control?: boolean;
  /** When set, requests need it as their bearer token. */
  readonly apiKey?: string;
  /** The longest prompt, in tokens. Default 128 000. */
  readonly contextTokens?: number;
  /** Told about errors of the server itself. Default: written to stderr. */
  readonly onError?: (error: unknown) => void;
}

export interface OfflineModel {
  /** `http://host:port`, where `/health` and `/control` are. */
  readonly url: string;
  /** What OPENAI_BASE_URL wants: the same with `/v1`. */
  readonly baseUrl: string;
  readonly port: number;
  readonly model: string;
  /** How many sections it can answer from. */
  readonly sections: number;
  readonly counts: Readonly<Counts>;
  /** The requests seen, oldest first; only with `control`. */
  readonly requests: readonly SeenRequest[];
  /**
   * Replaces the rules that requests meet, as `POST /control` does; without arguments, everything is as usual again.
   */
  setRules(...rules: readonly Rule[]): void;
  /** Changes the pace of requests to come. */
  setPace(tokensPerSecond: number, firstTokenMs?: number): void;
  /** Forgets rules, counts and requests. */
  reset(): void;
  /** Takes no more requests, gives those that run so many milliseconds (default 0), then ends them. */
  close(graceMs?: number): Promise<void>;
}

/** Starts the offline model. @throws when the port is taken or the knowledge cannot be read */
export async function startOfflineModel(options: OfflineModelOptions = {}): Promise<OfflineModel> {
  const host = options.host ?? '127.0.0.1';
  const knowledge = await loadKnowledge(options.knowledgeDir);
  const control = createControl(options.control ?? false);
  let tokensPerSecond = options.tokensPerSecond ?? 0;
  let firstTokenMs = options.firstTokenMs ?? defaultFirstTokenMs(tokensPerSecond);

  const { server, running } = createModelServer({
    knowledge,
    control,
    controlOpen: options.control ?? false,
    pace: () => ({ tokensPerSecond, firstTokenMs }),
    apiKey: options.apiKey,
    contextTokens: options.contextTokens ?? 128_000,
    onError: options.onError ?? ((error) => process.stderr.write(`offline model: ${String(error)}\n`)),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo; // a listening TCP server has one
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  let closing: Promise<void> | undefined;

  const close = async (graceMs: number): Promise<void> => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    server.closeIdleConnections();
    const gaveUp = new AbortController();
    await Promise.race([closed, setTimeout(graceMs, undefined, { signal: gaveUp.signal }).catch(() => undefined)]);
    gaveUp.abort();
    for (const abort of running) abort.abort();
    server.closeAllConnections();
    await closed;
  };

  return {
    url,
    baseUrl: `${url}/v1`,
    port,
    model: DEFAULT_MODEL,
    sections: knowledge.sections.length,
    counts: control.counts,
    requests: control.requests,
    setRules: (...rules) => control.setRules(rules),
    setPace: (rate, first = defaultFirstTokenMs(rate)) => {
      tokensPerSecond = rate;
      firstTokenMs = first;
    },
    reset: () => control.reset(),
    close: (graceMs = 0) => (closing ??= close(graceMs)),
  };
}

function defaultFirstTokenMs(tokensPerSecond: number): number {
  return tokensPerSecond === 0 ? 0 : 250;
}
