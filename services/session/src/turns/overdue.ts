import { type Log, type Loop, startLoop } from '@baton/runtime';
import type { Control } from '../control/control.ts';
import { decideOverdue } from '../control/system-decisions.ts';
import { plainBrief } from './plain-brief.ts';
import type { TurnStore } from './store-postgres.ts';

const BATCH_SIZE = 100;
const MESSAGES_IN_BRIEF = 6;
const MAX_PERIOD_MS = 5_000;

interface Parts {
  store: Pick<TurnStore, 'findOverdue' | 'readLastMessages'>;
  control: Pick<Control, 'changeAll'>;
  deadlineMs: number;
  log: Log;
}

/**
 * [A1] The reconciler behind the bot: hands sessions off to a human when a reply is pending past the deadline, whatever
 * happened to the ai service. Several instances find the same sessions; the epoch lets one of them change each.
 */
export function startOverdueLoop(parts: Parts): Loop {
  const { log, deadlineMs } = parts;
  return startLoop({
    name: 'overdue answers',
    everyMs: Math.min(MAX_PERIOD_MS, deadlineMs / 4),
    log,
    run: async () => {
      const handedOff = await handOffOverdue(parts);
      if (handedOff > 0) log.warn({ handedOff, deadlineMs }, 'sessions that the bot left unanswered were handed off');
    },
  });
}

/** @returns how many were handed off. */
async function handOffOverdue({ store, control, deadlineMs }: Parts): Promise<number> {
  for (let handedOff = 0; ; ) {
    const overdue = await store.findOverdue(deadlineMs, BATCH_SIZE);
    if (overdue.length === 0) return handedOff;
    const before = new Map(overdue.map((one) => [one.sessionId, one.before]));
    const ids = [...before.keys()];
    const messages = Map.groupBy(await store.readLastMessages(ids, MESSAGES_IN_BRIEF), ({ sessionId }) => sessionId);
    const results = await control.changeAll(ids, (view) => {
      const { id } = view.session;
      return decideOverdue(view, before.get(id) ?? '', plainBrief(messages.get(id) ?? []));
    });
    const changed = [...results.values()].filter(({ kind }) => kind === 'changed').length;
    handedOff += changed;
    if (overdue.length < BATCH_SIZE || changed === 0) return handedOff;
  }
}
