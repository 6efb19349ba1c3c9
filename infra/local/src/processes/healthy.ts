import { setTimeout as pause } from 'node:timers/promises';

export interface Timeouts {
  /** How long until the system must answer that it works, in milliseconds. */
  works?: number;
  /** How much longer to wait for its last parts, without which it works too. */
  complete?: number;
}

/**
 * Waits until `GET url` answers 200, and a little more until it reports that every part is well.
 * @returns the parts that are not, with their reasons; usually none
 * @throws when it does not answer 200 in time, with what it said last
 */
export async function healthy(url: string, { works = 60_000, complete = 10_000 }: Timeouts = {}): Promise<string[]> {
  const begin = performance.now();
  let worksSince: number | undefined;
  for (;;) {
    const look = await ask(url);
    if (look.ok) {
      worksSince ??= performance.now();
      if (look.troubles.length === 0 || performance.now() - worksSince > complete) return look.troubles;
    } else if (performance.now() - begin > works) {
      throw new Error(`${url} is not well after ${works / 1_000} s: ${look.reason}`);
    }
    await pause(100);
  }
}

type Look = { ok: true; troubles: string[] } | { ok: false; reason: string };

async function ask(url: string): Promise<Look> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    const body = await response.text();
    return response.ok ? { ok: true, troubles: troublesIn(body) } : { ok: false, reason: `${response.status} ${body}` };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/** Reads `{services: {<name>: {status, detail?}}}`; anything else reports no problem. */
function troublesIn(body: string): string[] {
  const report: unknown = JSON.parse(body);
  if (typeof report !== 'object' || report === null || !('services' in report)) return [];
  const { services } = report;
  if (typeof services !== 'object' || services === null) return [];
  return Object.entries(services).flatMap(([name, part]: [string, unknown]) => {
    if (typeof part !== 'object' || part === null || !('status' in part) || part.status === 'up') return [];
    return [`${name} is ${part.status}${'detail' in part ? ` (${part.detail})` : ''}`];
  });
}

/** fetch hides the reason in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
