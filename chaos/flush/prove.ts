import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { connect } from '../clients/connection.ts';
import type { Grounds } from '../runs/server-pool.ts';
import type { Backends } from '../world/backends.ts';
import { startWorld, type World } from '../world/world.ts';
import { judge, readTrace } from './trace.ts';

const CUSTOMERS = 8;
const MESSAGES_EACH = 50;
const CALLS = 'pwrite64,pwritev,pwritev2,fdatasync,fsync,write,writev,sendto,sendmsg';
/** More than any call writes at once, so that no word is cut off. */
const MOST_BYTES = 4_000_000;
/** As the session service answers an append, and nothing else it sends; quotes as strace shows them. */
const ACKNOWLEDGEMENT = '\\"repeated\\":false';

/**
 * Killing a process says nothing about what was on disk. This looks at the system calls of Postgres and of the session
 * service, in one trace: what is acknowledged was written to Postgres' log and flushed before. [M1]
 */
export async function proveFlush(options: {
  grounds: Grounds;
  say: (line: string) => void;
}): Promise<{ passed: number; failed: number }> {
  const { say } = options;
  const missing = await whyNotHere();
  if (missing !== undefined) {
    say(`Not proved here: ${missing}`);
    return { passed: 0, failed: 0 };
  }
  return options.grounds.use(false, async (backends) => {
    const world = await startWorld({ backends, count: 1, autoAssign: false });
    try {
      return await prove(world, backends, say);
    } finally {
      await world.stop();
    }
  });
}

async function whyNotHere(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'strace is for Linux.';
  const tried = await execa('strace', ['-o', '/dev/null', 'true'], { reject: false });
  if (tried.code === 'ENOENT') return 'strace is not installed (Debian: apt-get install strace).';
  return tried.failed ? `strace may not trace here: ${tried.stderr.split('\n')[0]}` : undefined;
}

async function prove(world: World, backends: Backends, say: (line: string) => void) {
  const output = join(backends.folder, 'strace.txt');
  const traced = [...world.of('session').map(({ process }) => process.pid), ...(await backends.postgres.processes())];
  const pids = traced.flatMap((pid) => ['-p', String(pid)]);
  const strace = execa('strace', ['-f', '-s', String(MOST_BYTES), '-e', `trace=${CALLS}`, '-o', output, ...pids], {
    reject: false,
  });
  // It says so on its error output when it has attached.
  if (strace.stderr) await Promise.race([once(strace.stderr, 'data'), strace]);
  await sleep(500);
  const words = (await Promise.all(Array.from({ length: CUSTOMERS }, () => converse(world)))).flat();
  await sleep(500);
  strace.kill('SIGINT');
  await strace;
  const seen = judge(readTrace((await readFile(output, 'latin1')).split('\n')), words, ACKNOWLEDGEMENT);
  const count = (what: string) => [...seen.values()].filter((one) => one === what).length;
  const flushed = count('flushed before');
  say(`${words.length} messages of ${CUSTOMERS} customers were acknowledged.`);
  say(`${flushed} of them were in Postgres’ log and flushed before the session service answered.`);
  for (const what of ['not flushed before', 'not written', 'not acknowledged'])
    if (count(what) > 0) say(`${count(what)} were ${what}.`);
  return { passed: flushed, failed: words.length - flushed };
}

/** Sends messages one after the other, each with a word of its own, and awaits each acknowledgement. @returns the words */
async function converse({ entrances }: World): Promise<string[]> {
  let sessionId = '';
  const [url = ''] = entrances();
  const link = await connect(url, {
    event: (event, payload) => {
      if (event === 'session:created') sessionId = payload.sessionId;
    },
    down: () => {},
  });
  const started = await link?.ask('customer:start_chat', { userId: randomUUID() });
  if (!link || !started?.ok) throw new Error('a chat could not be started');
  const words: string[] = [];
  for (let count = 0; count < MESSAGES_EACH; count++) {
    const word = `word-${randomUUID()}`;
    // Twice, as Postgres' log goes on behind the head of a page wherever one ends, be it in the middle of a word.
    const reply = await link.ask('customer:send_message', { sessionId, content: `${word} ${'·'.repeat(50)} ${word}` });
    if (reply.ok) words.push(word);
  }
  link.cut();
  return words;
}
