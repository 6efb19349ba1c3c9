import { type AiApi, accept, refuse, type ServiceHealth } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import { nothingSpent } from './asking.ts';
import { composeGreeting, type Greeter } from './greeting.ts';
import { ModelFailure } from './model.ts';
import { personaOf } from './persona.ts';
import type { Responder } from './respond.ts';
import type { ToolRegistry } from './tools/registry.ts';
import type { Poet } from './tools/write-poem.ts';
import type { Turns } from './turns.ts';

/** A poem that takes longer is given up: whoever asks over NATS does not wait for longer either. */
const POEM_TIMEOUT_MS = 30_000;

/** What others may ask of this service. */
export function aiEndpoints(parts: {
  turns: Turns;
  tools: ToolRegistry;
  poet: Poet;
  greeter: Greeter;
  responder: Responder;
  health: () => Promise<ServiceHealth>;
}): Handlers<AiApi> {
  return {
    async poke({ sessionId }) {
      if (parts.turns.draining) return refuse('DRAINING', 'This process is stopping; ask again.');
      return accept({ started: parts.turns.start(sessionId) });
    },

    async tools() {
      return accept({ tools: parts.tools.specs() });
    },

    async writePoem({ topic, style }) {
      try {
        const written = await parts.poet({ topic, style, signal: AbortSignal.timeout(POEM_TIMEOUT_MS) });
        return written === undefined
          ? refuse('UNAVAILABLE', 'The model did not finish the poem in time.')
          : accept({ poem: written.poem });
      } catch (error) {
        if (error instanceof ModelFailure) return refuse('UNAVAILABLE', `No poem: ${error.message}.`);
        throw error;
      }
    },

    async generateGreeting({ botContext = null }) {
      const { model, settings } = parts.greeter;
      const own =
        personaOf(botContext, settings.personaAllowed) === undefined
          ? undefined
          : await composeGreeting(parts.greeter, { botContext, metadata: {} }, nothingSpent(model.name));
      return accept({ content: own ?? settings.greeting });
    },

    generateResponse: (request) => parts.responder.respond(request),

    async health() {
      return accept(await parts.health());
    },
  };
}
