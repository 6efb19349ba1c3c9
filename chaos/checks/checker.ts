import type { History, Ledger } from '../history/history.ts';
import { checkAnswers } from './answers.ts';
import { checkBot } from './bot.ts';
import { checkCapacity, checkControl, checkFencing } from './control.ts';
import { checkKept, checkOrder } from './messages.ts';
import { checkDrained, checkQueue, checkVanished, checkWorkFindsAgents } from './queue.ts';
import { checkViews } from './views.ts';
import type { Violation } from './violation.ts';

/**
 * Which promises a run has broken, by what was seen from outside and what the record says in the end. Pure.
 * @param ledger as it was when everything had become quiet
 */
export function check(history: History, ledger: Ledger, times: { graceMs: number; deadlineMs: number }): Violation[] {
  return [
    ...checkKept(history, ledger),
    ...checkOrder(history, ledger),
    ...checkViews(history, ledger),
    ...checkControl(history, ledger),
    ...checkFencing(history, ledger),
    ...checkCapacity(history, ledger),
    ...checkQueue(history, ledger),
    ...checkDrained(history, ledger),
    ...checkVanished(history, ledger, times.graceMs),
    ...checkWorkFindsAgents(history, ledger),
    ...checkBot(history, ledger, times.deadlineMs),
    ...checkAnswers(history),
  ];
}
