import { NO_ANSWER_NOW, type Session } from '@baton/contracts';
import type { Conclusion } from './machine/states.ts';

/**
 * While no agent is online the bot answers those who wait for one. They have been handed off already and keep their
 * places, so there is nothing to hand off, and each turn ends in an answer.
 */
export const standsIn = ({ status }: Pick<Session, 'status'>): boolean => status === 'waiting';

/**
 * The conclusion of a turn of a session that waits. [A1] Where the model gave no answer the customer is told so: nobody
 * else is there to answer.
 */
export function concludedAsStandIn(conclusion: Conclusion): Conclusion {
  switch (conclusion.kind) {
    case 'hand_over':
      return { kind: 'answer', text: NO_ANSWER_NOW, noAnswer: conclusion.handover };
    case 'answer': {
      const { handover: _, ...answer } = conclusion;
      return answer;
    }
    default:
      return conclusion;
  }
}
