import { errorCodes } from '@baton/contracts';
import { LOST } from '../clients/connection.ts';
import type { History } from '../history/history.ts';
import type { Violation } from './violation.ts';

/** [O1] [O2] [S2] No process ends unasked, every refusal has a code of the list, and in the end everybody is served. */
export function checkAnswers(history: History): Violation[] {
  const violations: Violation[] = history.unexpectedExits.map(({ service, how }) => ({
    rule: 'exit',
    says: `${service} ended by itself ${how}`,
  }));
  for (const { client, event, ok, code = '', at } of history.answers) {
    if (ok || code === LOST) continue;
    if (!Object.hasOwn(errorCodes, code))
      violations.push({
        rule: 'answer',
        says: `${client} was refused ${event} without a code of the list: ${code}`,
        at,
      });
    else if (code === 'INTERNAL')
      violations.push({ rule: 'answer', says: `${client} was told of a fault of ours when it asked ${event}`, at });
  }
  for (const { client, clientMessageId, sessionId, sentAt, told } of history.sends) {
    const last = told.at(-1);
    const open = last === undefined || (!last.ok && (last.code === LOST || !isFinal(last.code)));
    if (open && !told.some(({ ok }) => ok) && isThere(history, client))
      violations.push({
        rule: 'O2',
        says: `${clientMessageId} of ${client} in ${sessionId} had no answer by the end (${last?.ok === false ? last.code : 'none'})`,
        at: sentAt,
      });
  }
  return violations;
}

const isFinal = (code: string) => !['TIMEOUT', 'UNAVAILABLE', 'DRAINING', 'INTERNAL', 'RATE_LIMITED'].includes(code);
const isThere = ({ assignments, departed }: History, client: string) =>
  !assignments.some((one) => one.client === client && departed.some(({ agentId }) => agentId === one.agentId));
