import { type Log, type Loop, startLoop } from '@baton/runtime';
import type { Control } from '../control/control.ts';
import { decideOverdue } from '../control/service-decisions.ts';
import { plainBrief } from './plain-brief.ts';
import type { TurnStore } from './store-postgres.ts';

const AT_ONCE = 100;
const MESSAGES_IN_BRIEF = 6;
const MAX_PERIOD_MS = 5_000;

interface Parts {
  store: Pick<TurnStore, 'findOverdue' | 'readLastMessages'>;
  control: Pick<Control, 'changeAll'>;
  deadlineMs: number;
  log: Log;
}

/**
 * [A1] The comparing loop behind the bot: whoever has waited for its answer past the deadline goes to a human, whatever
 * has become of the ai service. Several instances find the same; the session's epoch lets one of them do it.
 */
export function startOverdueLoop(parts: Parts): Loop {
  const { log, deadlineMs } = parts;
  return startLoop({
    name: 'overdue answers',
    everyMs: Math.min(MAX_PERIOD_MS, deadlineMs / 4),
    log,
    run: async () => {
      const handedOver = await handOverOverdue(parts);
      if (handedOver > 0)
        log.warn({ handedOver, deadlineMs }, 'chats that the bot left unanswered now wait for a human');
    },
  });
}

/** @returns how many were handed over. */
async function handOverOverdue({ store, control, deadlineMs }: Parts): Promise<number> {
  for (let handedOver = 0; ; ) {
    const overdue = await store.findOverdue(deadlineMs, AT_ONCE);
    if (overdue.length === 0) return handedOver;
    const before = new Map(overdue.map((one) => [one.sessionId, one.before]));
    const ids = [...before.keys()];
    const messages = Map.groupBy(await store.readLastMessages(ids, MESSAGES_IN_BRIEF), ({ sessionId }) => sessionId);
    const results = await control.changeAll(ids, (view) => {
      const { id } = view.session;
      return decideOverdue(view, before.get(id) ?? '', plainBrief(messages.get(id) ?? []));
    });
    const changed = [...results.values()].filter(({ kind }) => kind === 'changed').length;
    handedOver += changed;
    if (overdue.length < AT_ONCE || changed === 0) return handedOver;
  }
}
