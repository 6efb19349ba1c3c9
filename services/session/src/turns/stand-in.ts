import { NO_ANSWER_NOW, type SessionApi } from '@baton/contracts';
import { type Handlers, type Log, type Loop, startLoop } from '@baton/runtime';
import type { Control } from '../control/control.ts';
import { decideNobodyCame } from '../control/system-decisions.ts';
import type { Publications } from '../publications.ts';
import type { StandInStore } from './stand-in-store-postgres.ts';

const EVERY_MS = 1_000;
const BATCH_SIZE = 200;

interface Parts {
  store: StandInStore;
  control: Pick<Control, 'changeAll'>;
  append: Handlers<SessionApi>['append'];
  publications: Pick<Publications, 'replyPending'>;
  /** A reply that is pending for longer is given up. */
  deadlineMs: number;
  /** Without an agent online for this time, the session goes back to the bot. 0 is never. */
  giveUpAfterMinutes: number;
  log: Log;
}

/**
 * Lets the bot stand in for sessions that wait while no agent is online. They keep their state and position. The bot
 * answers them until an agent is online, or until no agent has come for so long that they go back to the bot.
 *
 * Several instances may run this at the same time: the store decides every step.
 */
export function startStandInLoop(parts: Parts): Loop {
  const { store, log, publications } = parts;
  return startLoop({
    name: 'stand in',
    everyMs: EVERY_MS,
    log,
    run: async () => {
      const ended = await inBatches(() => store.end(BATCH_SIZE));
      if (ended > 0)
        log.info({ sessions: ended }, 'an agent is online; the bot no longer stands in for waiting sessions');
      const begun = await inBatches(async () => {
        const batch = await store.begin(BATCH_SIZE);
        for (const one of batch)
          if (one.unansweredSeq !== null) publications.replyPending({ ...one, seq: one.unansweredSeq });
        return batch.length;
      });
      if (begun > 0) log.info({ sessions: begun }, 'no agent is online; the bot stands in for waiting sessions');
      await replyNoAnswer(parts);
      await returnToBot(parts);
    },
  });
}

async function inBatches(change: () => Promise<number>): Promise<number> {
  for (let all = 0; ; ) {
    const changed = await change();
    all += changed;
    if (changed < BATCH_SIZE) return all;
  }
}

/**
 * [A1] No reply has come in time, or two workers lost the turn. There is no agent to hand off to, so the customer is
 * told so.
 */
async function replyNoAnswer({ store, append, deadlineMs, log }: Parts): Promise<void> {
  const overdue = await store.findUnanswerable(deadlineMs, BATCH_SIZE);
  const answered: string[] = [];
  for (const { sessionId, epoch, unansweredSeq } of overdue) {
    const message = { content: NO_ANSWER_NOW, inReplyTo: unansweredSeq, metadata: { noAnswer: true } };
    // Refused when an answer was written or an agent was assigned meanwhile.
    const reply = await append({ sessionId, author: { type: 'bot', epoch }, messages: [message] });
    if (!reply.ok || !reply.value.results[0]?.ok) continue;
    answered.push(sessionId);
    log.warn({ sessionId }, 'the bot did not answer in time while no agent was online');
  }
  await store.forgetLosses(answered);
}

async function returnToBot({ store, control, giveUpAfterMinutes: minutes, log }: Parts): Promise<void> {
  if (minutes === 0) return;
  const found = await store.findLongStandIns(minutes * 60, BATCH_SIZE);
  if (found.length === 0) return;
  const before = new Map(found.map((one) => [one.sessionId, one.before]));
  const results = await control.changeAll([...before.keys()], (view) =>
    decideNobodyCame(view, before.get(view.session.id) ?? ''),
  );
  const sessions = [...results.values()].filter(({ kind }) => kind === 'changed').length;
  if (sessions > 0) log.info({ sessions, minutes }, 'no agent came; waiting sessions went back to the bot');
}
