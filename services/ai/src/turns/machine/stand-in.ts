import { NO_ANSWER_NOW, type Session } from '@baton/contracts';
import type { Conclusion } from './states.ts';

/**
 * While no agent is online the bot answers sessions that wait. They were handed off already and keep their positions,
 * so there is nothing to hand off and each turn ends in an answer.
 */
export const standsIn = ({ status }: Pick<Session, 'status'>): boolean => status === 'waiting';

/** The conclusion of a stand-in's turn. [A1] A failure is told to the customer: nobody else is there to answer. */
export function concludedAsStandIn(conclusion: Conclusion): Conclusion {
  switch (conclusion.kind) {
    case 'hand_off':
      return { kind: 'answer', text: NO_ANSWER_NOW, noAnswer: conclusion.handoff };
    case 'answer': {
      const { handoff: _, ...answer } = conclusion;
      return answer;
    }
    default:
      return conclusion;
  }
}
