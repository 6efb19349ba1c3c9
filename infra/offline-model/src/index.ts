import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { loadKnowledge } from './brain/knowledge.ts';
import { understand } from './brain/understanding/understand.ts';
import { DEFAULT_MODEL } from './faults/behaviours.ts';
import { createControl, type Rule } from './faults/control.ts';
import type { Pace } from './http/deliver.ts';
import { createModelServer } from './http/server.ts';

export interface OfflineModelOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  readonly host?: string;
  /** Default 0: as fast as the connection takes them. The process for people uses 40. */
  readonly tokensPerSecond?: number;
  /** A folder of Markdown files. Default: the sample knowledge. */
  readonly knowledgeDir?: string | undefined;
  /** Opens `/control` and remembers requests with their messages. Default false. */
  readonly control?: boolean;
  /** When set, requests need it as their bearer token. */
  readonly apiKey?: string | undefined;
}

export type OfflineModel = Awaited<ReturnType<typeof startOfflineModel>>;

const paceOf = (tokensPerSecond: number, firstTokenMs = tokensPerSecond === 0 ? 0 : 250): Pace => ({
  msPerToken: tokensPerSecond === 0 ? 0 : 1000 / tokensPerSecond,
  firstTokenMs,
});

/** Starts the offline model. @throws when the port is taken or the knowledge cannot be read */
export async function startOfflineModel(options: OfflineModelOptions = {}) {
  const { host = '127.0.0.1', port: wanted = 0, tokensPerSecond = 0, apiKey } = options;
  const knowledge = await loadKnowledge(options.knowledgeDir);
  // Expressions are compiled at their first use: not while the first customer waits.
  understand('Nothing in particular.');
  const control = createControl(options.control ?? false);
  let pace = paceOf(tokensPerSecond);
  const server = createModelServer({ knowledge, control, pace: () => pace, apiKey });
  await once(server.listen(wanted, host), 'listening');
  const { port } = server.address() as AddressInfo; // a listening TCP server has one
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

  const close = async (graceMs: number): Promise<void> => {
    const closed = once(server.close(), 'close');
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
  };
  let closing: Promise<void> | undefined;

  return {
    /** `http://host:port`, where `/health` and `/control` are. */
    url,
    /** What OPENAI_BASE_URL wants: the same with `/v1`. */
    baseUrl: `${url}/v1`,
    port,
    model: DEFAULT_MODEL,
    sections: knowledge.sections.length,
    /** Counts, and the requests seen, oldest first; those only with `control`. */
    ...control.shown,
    reset: control.reset,
    /** Replaces the rules that requests meet, as `POST /control` does; without arguments, all is as usual again. */
    setRules: (...rules: readonly Rule[]) => control.setRules({ rules }),
    setPace(tokensPerSecond: number, firstTokenMs?: number): void {
      pace = paceOf(tokensPerSecond, firstTokenMs);
    },
    /** Takes no more requests, gives those that run so many milliseconds (default 0), then ends them. */
    close: (graceMs = 0): Promise<void> => (closing ??= close(graceMs)),
  };
}
