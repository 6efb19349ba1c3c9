import { NO_ANSWER_NOW, type SessionApi } from '@baton/contracts';
import { type Handlers, type Log, type Loop, startLoop } from '@baton/runtime';
import type { Control } from '../control/control.ts';
import { decideNobodyCame } from '../control/service-decisions.ts';
import type { Publications } from '../publications.ts';
import type { StandInStore } from './stand-in-store-postgres.ts';

const EVERY_MS = 1_000;
const AT_ONCE = 200;

interface Parts {
  store: StandInStore;
  control: Pick<Control, 'changeAll'>;
  append: Handlers<SessionApi>['append'];
  publications: Pick<Publications, 'replyPending'>;
  /** An answer that is owed for longer is given up. */
  deadlineMs: number;
  /** When nobody was online for so long, the session goes back to the bot. 0: never. */
  giveUpAfterMinutes: number;
  log: Log;
}

/**
 * What becomes of sessions that wait while no agent is online: the bot stands in. They keep state and place, and the bot
 * answers them until an agent is online, an agent takes them, or nobody has come for so long that they go back to it.
 *
 * Several instances may do it at once: each step is decided by the store.
 */
export function startStandInLoop(parts: Parts): Loop {
  const { store, log, publications } = parts;
  return startLoop({
    name: 'stand in',
    everyMs: EVERY_MS,
    log,
    run: async () => {
      const ended = await inParts(() => store.end(AT_ONCE));
      if (ended > 0)
        log.info({ sessions: ended }, 'an agent is online; those who wait are no longer answered by the bot');
      const begun = await inParts(async () => {
        const part = await store.begin(AT_ONCE);
        for (const one of part)
          if (one.unansweredSeq !== null) publications.replyPending({ ...one, seq: one.unansweredSeq });
        return part.length;
      });
      if (begun > 0) log.info({ sessions: begun }, 'no agent is online; the bot answers those who wait');
      await excuse(parts);
      await giveBack(parts);
    },
  });
}

async function inParts(change: () => Promise<number>): Promise<number> {
  for (let all = 0; ; ) {
    const changed = await change();
    all += changed;
    if (changed < AT_ONCE) return all;
  }
}

/**
 * [A1] No answer has come in time, or two workers did not survive the turn. There is no human to hand it to, so the
 * customer is told so.
 */
async function excuse({ store, append, deadlineMs, log }: Parts): Promise<void> {
  const overdue = await store.findUnanswerable(deadlineMs, AT_ONCE);
  const answered: string[] = [];
  for (const { sessionId, epoch, unansweredSeq } of overdue) {
    const message = { content: NO_ANSWER_NOW, inReplyTo: unansweredSeq, metadata: { noAnswer: true } };
    // Refused when an answer or an agent came after all.
    const reply = await append({ sessionId, author: { type: 'bot', epoch }, messages: [message] });
    if (!reply.ok || !reply.value.results[0]?.ok) continue;
    answered.push(sessionId);
    log.warn({ sessionId }, 'the bot gave no answer while no agent is online');
  }
  await store.forgetLosses(answered);
}

async function giveBack({ store, control, giveUpAfterMinutes: minutes, log }: Parts): Promise<void> {
  if (minutes === 0) return;
  const alone = await store.findLongAlone(minutes * 60, AT_ONCE);
  if (alone.length === 0) return;
  const before = new Map(alone.map((one) => [one.sessionId, one.before]));
  const results = await control.changeAll([...before.keys()], (view) =>
    decideNobodyCame(view, before.get(view.session.id) ?? ''),
  );
  const sessions = [...results.values()].filter(({ kind }) => kind === 'changed').length;
  if (sessions > 0) log.info({ sessions, minutes }, 'nobody came; chats that waited are with the bot again');
}
