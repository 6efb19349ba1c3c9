import { accept, type QueuedSession, type Reply, refuse, type WaitingPage } from '@baton/contracts';
import { expect, it } from 'vitest';
import { manualClock } from '../../test/manual-clock.ts';
import { createAgentQueue } from './queue.ts';

const AT = '2026-03-02T09:30:00.000Z';
const FIRST = 3;
const PAGE = 2;

/** A queue of which the server tells the first three, and reads out two at a time. */
function world(count: number) {
  const time = manualClock();
  let line = Array.from({ length: count }, (_, index) => `s${index + 1}`);
  const asked: number[] = [];
  let answer: ((page: Reply<WaitingPage>) => Reply<WaitingPage>) | undefined;
  const at = (from: number, length: number) =>
    line
      .slice(from, from + length)
      .map((id, index) => ({ id, queueInfo: { sessionId: id, position: from + index + 1 } }) as QueuedSession);
  const waiting = createAgentQueue({
    clock: time.clock,
    changed: () => {},
    async ask(after) {
      asked.push(after);
      const next = after + PAGE < line.length ? after + PAGE : null;
      const page = accept({ sessions: at(after, PAGE), total: line.length, timestamp: AT, next });
      return answer?.(page) ?? page;
    },
  });
  const tell = () => waiting.told({ sessions: at(0, FIRST), total: line.length, timestamp: AT });
  const shown = () => waiting.list.sessions.map(({ id }) => id);
  return {
    time,
    waiting,
    asked,
    shown,
    tell,
    leave(...ids: string[]) {
      line = line.filter((id) => !ids.includes(id));
      tell();
    },
    answers(how: typeof answer) {
      answer = how;
    },
  };
}

it('shows page after page, until all are there', async () => {
  const { waiting, tell, shown, asked } = world(8);
  tell();
  expect(shown()).toEqual(['s1', 's2', 's3']);
  await waiting.more();
  expect(shown()).toEqual(['s1', 's2', 's3', 's4', 's5']);
  await Promise.all([waiting.more(), waiting.more(), waiting.more()]);
  expect(shown()).toEqual(['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8']);
  expect(asked, 'nothing twice, and nothing behind the end').toEqual([3, 5, 7]);
  expect(waiting.list.total).toBe(8);
});

it('asks for nothing while the first are all', async () => {
  const { waiting, tell, asked } = world(3);
  tell();
  expect(await waiting.more()).toEqual({ ok: true, value: {} });
  expect(asked).toEqual([]);
});

it('reads again what it shows when the queue has moved, once for many changes', async () => {
  const { waiting, tell, shown, asked, leave, time } = world(9);
  tell();
  await waiting.more();
  await waiting.more();
  asked.length = 0;
  leave('s1');
  leave('s5');
  expect(new Set(shown()).size, 'nobody twice, meanwhile').toBe(shown().length);
  expect(shown().slice(0, 3)).toEqual(['s2', 's3', 's4']);
  await time.pass(2_000);
  expect(shown()).toEqual(['s2', 's3', 's4', 's6', 's7', 's8', 's9']);
  expect(asked).toEqual([3, 5]);
});

it('keeps what it has when a page cannot be loaded, and says why', async () => {
  const { waiting, tell, shown, answers } = world(9);
  tell();
  await waiting.more();
  answers(() => refuse('UNAVAILABLE', 'Not now.'));
  expect(await waiting.more()).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
  expect(shown()).toHaveLength(5);
  answers(undefined);
  await waiting.more();
  expect(shown()).toHaveLength(7);
});

it('is done with further pages when the first are all again, and when the client is left', async () => {
  const { waiting, tell, shown, leave, time, asked } = world(6);
  tell();
  await waiting.more();
  leave('s4', 's5', 's6');
  expect(shown()).toEqual(['s1', 's2', 's3']);
  const late = world(9);
  late.tell();
  const reading = late.waiting.more();
  late.waiting.forget();
  await reading;
  expect(late.shown()).toEqual([]);
  asked.length = 0;
  await time.pass(5_000);
  expect(asked).toEqual([]);
});

it('[Q2] puts changes together with what it knows, and asks for the list when it misses a session', async () => {
  const { waiting, tell, shown, asked, leave } = world(8);
  tell();
  const [first, second] = waiting.list.sessions;
  if (first === undefined || second === undefined) throw new Error('nothing is shown');
  const row = { ...second, id: 's9' };
  waiting.changes({ order: ['s2', 's9'], sessions: [row], total: 7, timestamp: AT });
  expect(shown()).toEqual(['s2', 's9']);
  expect(waiting.list.sessions.map(({ queueInfo }) => queueInfo.position)).toEqual([1, 2]);
  expect(waiting.list.total).toBe(7);
  expect(asked).toEqual([]);
  // The list in which `s4` came was lost.
  leave('s1');
  for (let times = 0; times < 2; times++)
    waiting.changes({ order: ['s2', 's5', 's4'], sessions: [], total: 7, timestamp: AT });
  expect(shown()).toEqual(['s2', 's4']);
  await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(asked, 'once').toEqual([0]);
  expect(shown()).toEqual(['s2', 's3']);
});
