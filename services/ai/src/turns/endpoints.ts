import { type AiApi, accept, refuse } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import { admitterByHand } from '../admission/admission.ts';
import { personaOf } from '../context/persona.ts';
import { composeGreeting, type Greeter } from './effects/greeting.ts';
import { nothingSpent } from './effects/request-answer.ts';
import type { Responder } from './generate-response.ts';
import type { TurnScheduler } from './scheduler.ts';
import type { TurnDependencies } from './turn-dependencies.ts';

export function turnEndpoints(parts: {
  scheduler: TurnScheduler;
  responder: Responder;
  greeter: Greeter & Pick<TurnDependencies, 'admission'>;
}): Pick<Handlers<AiApi>, 'poke' | 'generateGreeting' | 'generateResponse'> {
  const { scheduler, responder, greeter } = parts;
  return {
    async poke({ sessionId, source }) {
      if (scheduler.draining) return refuse('DRAINING', 'This process is stopping; ask again.');
      return accept({ started: scheduler.schedule(sessionId, source) });
    },

    async generateGreeting({ botContext = null }) {
      const { model, settings, admission } = greeter;
      const hasPersona = personaOf(botContext, settings.personaAllowed) !== undefined;
      const about = { botContext, metadata: {} };
      const text = hasPersona
        ? await composeGreeting(greeter, about, nothingSpent(model.name), admitterByHand(admission))
        : undefined;
      return accept({ content: text ?? settings.greeting });
    },

    generateResponse: (request) => responder.respond(request),
  };
}
