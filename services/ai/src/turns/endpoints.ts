import { type AiApi, accept, refuse } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import { accessByHand } from '../access/access.ts';
import { personaOf } from '../context/persona.ts';
import { composeGreeting, type Greeter } from './effects/greeting.ts';
import { nothingSpent } from './effects/request-answer.ts';
import type { Responder } from './generate-response.ts';
import type { TurnScheduler } from './scheduler.ts';
import type { TurnParts } from './turn-parts.ts';

export function turnEndpoints(parts: {
  scheduler: TurnScheduler;
  responder: Responder;
  greeter: Greeter & Pick<TurnParts, 'access'>;
}): Pick<Handlers<AiApi>, 'poke' | 'generateGreeting' | 'generateResponse'> {
  const { scheduler, responder, greeter } = parts;
  return {
    async poke({ sessionId, source }) {
      if (scheduler.draining) return refuse('DRAINING', 'This process is stopping; ask again.');
      return accept({ started: scheduler.schedule(sessionId, source) });
    },

    async generateGreeting({ botContext = null }) {
      const { model, settings, access } = greeter;
      const hasPersona = personaOf(botContext, settings.personaAllowed) !== undefined;
      const about = { botContext, metadata: {} };
      const text = hasPersona
        ? await composeGreeting(greeter, about, nothingSpent(model.name), accessByHand(access))
        : undefined;
      return accept({ content: text ?? settings.greeting });
    },

    generateResponse: (request) => responder.respond(request),
  };
}
