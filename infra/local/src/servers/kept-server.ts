import { setTimeout as pause } from 'node:timers/promises';
import { restartPause } from '../processes/restart-pause.ts';
import { spaceAt } from './disk.ts';
import type { Again, OwnServer } from './server-process.ts';

export interface KeptServerOptions {
  /** For people: 'Postgres'. */
  name: string;
  /** Where its data lies. */
  dir: string;
  /** Starts it on its data; when it is started again, exactly where it was, so that who uses it finds it. */
  start: (again?: Again) => Promise<OwnServer>;
  /** Resolves when it does what it is for, writing included. */
  works: (url: string) => Promise<void>;
  /** So many of these in a row must fail, with space on the disk, before a server that runs is started anew. */
  failuresAllowed: number;
  /** How often it is looked at, in milliseconds: while all is well, and while it is not. */
  every?: { calm: number; alert: number };
  /** Tells the person what happened. */
  tell: (line: string) => void;
}

const EVERY = { calm: 5_000, alert: 1_000 };
/** How long one that does not work is given to end by itself. */
const BROKEN_ENDS_WITHIN_MS = 2_000;

/**
 * Starts a server and keeps it working until it is stopped: one that ended is started again on the same data and port,
 * and so is one that runs but does not do its work, such as a NATS whose JetStream hangs since the disk was full. While
 * the disk is full no start can help: it waits for space.
 */
export async function keepServer(options: KeptServerOptions): Promise<OwnServer> {
  const { name, dir, tell, every = EVERY } = options;
  const stopping = new AbortController();
  let server = await options.start();
  const { url } = server;
  const again: Again = { port: Number(new URL(url).port), signal: stopping.signal };

  /** Resolves with the reason why it must be started again, once there is one; undefined when `over` comes first. */
  const broken = async (over: AbortSignal): Promise<string | undefined> => {
    let failures = 0;
    let told = false;
    for (let full = false; !over.aborted; await wait(failures > 0 ? every.alert : every.calm, over)) {
      const fault = await options.works(url).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      const space = await spaceAt(dir);
      if (fault === undefined) {
        if (told) tell(`${name} works again`);
        told = false;
        full = false;
        failures = 0;
      } else if (!space.enough) {
        failures += 1;
        full = true;
        if (!told) tell(`${name} cannot work, as the disk of its data is full (${space.text}): ${fault}`);
        told = true;
      } else {
        failures = full ? options.failuresAllowed - 1 : failures + 1;
        full = false;
        if (failures >= options.failuresAllowed) return `does not work (${fault})`;
        // Space has just come back: it may need a moment, or a start.
        if (failures === options.failuresAllowed - 1) await wait(every.alert, over);
      }
    }
    return undefined;
  };

  const startAgain = async () => {
    let toldFull = false;
    let fault = '';
    for (let attempt = 0; !stopping.signal.aborted; ) {
      const space = await spaceAt(dir);
      if (!space.enough) {
        if (!toldFull) tell(`${name} waits for space on the disk of its data (${space.text})`);
        toldFull = true;
        await wait(every.alert, stopping.signal);
        continue;
      }
      try {
        server = await options.start(again);
        return;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        // The first is often this: the processes of a Postgres that was killed hold its memory for a moment more.
        if (attempt > 0 && message !== fault) tell(message);
        fault = message;
      }
      await wait(restartPause(attempt++), stopping.signal);
    }
  };

  const keeping = (async () => {
    while (!stopping.signal.aborted) {
      const life = new AbortController();
      const reason = await Promise.race([server.exited, broken(AbortSignal.any([life.signal, stopping.signal]))]);
      life.abort();
      if (stopping.signal.aborted) return;
      const since = performance.now();
      tell(`${name} ${reason}; starting it again`);
      await server.stop(BROKEN_ENDS_WITHIN_MS);
      await startAgain();
      if (stopping.signal.aborted) return;
      tell(`${name} is back after ${((performance.now() - since) / 1_000).toFixed(1)} s, with its data, at ${url}`);
    }
  })();

  return {
    url,
    exited: keeping.then(() => server.exited),
    stop: async (within) => {
      stopping.abort();
      // A start that is under way ends within its own limits; what it started is stopped here.
      await keeping;
      await server.stop(within);
    },
  };
}

const wait = (ms: number, over: AbortSignal) => pause(ms, undefined, { signal: over }).catch(() => {});
