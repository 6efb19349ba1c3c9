import { type AiApi, accept, refuse, type ServiceHealth } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import { accessFor } from './access/access.ts';
import { whoseIs } from './access/fair-queue.ts';
import { personaOf } from './context/persona.ts';
import { ModelFailure } from './model/model.ts';
import type { ToolRegistry } from './tools/registry.ts';
import type { Poet } from './tools/write-poem.ts';
import { nothingSpent } from './turns/effects/ask-for-turn.ts';
import { composeGreeting, type Greeter } from './turns/effects/greeting.ts';
import type { TurnParts } from './turns/parts.ts';
import type { Responder } from './turns/respond.ts';
import type { Turns } from './turns/scheduler.ts';

/** A poem that takes longer is given up: whoever asks over NATS does not wait for longer either. */
const POEM_TIMEOUT_MS = 30_000;

/** What others may ask of this service. */
export function aiEndpoints(parts: {
  turns: Turns;
  tools: ToolRegistry;
  poet: Poet;
  greeter: Greeter & Pick<TurnParts, 'access'>;
  responder: Responder;
  health: () => Promise<ServiceHealth>;
}): Handlers<AiApi> {
  /** Whoever asks over NATS is the operator, and one of many too. */
  const byHand = () => accessFor(parts.greeter.access, whoseIs('by hand', undefined), undefined);
  return {
    async poke({ sessionId, source }) {
      if (parts.turns.draining) return refuse('DRAINING', 'This process is stopping; ask again.');
      return accept({ started: parts.turns.start(sessionId, source) });
    },

    async tools() {
      return accept({ tools: parts.tools.specs() });
    },

    async writePoem({ topic, style }) {
      try {
        const signal = AbortSignal.timeout(POEM_TIMEOUT_MS);
        const written = await parts.poet({ topic, style, access: byHand(), signal });
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
          : await composeGreeting(parts.greeter, { botContext, metadata: {} }, nothingSpent(model.name), byHand());
      return accept({ content: own ?? settings.greeting });
    },

    generateResponse: (request) => parts.responder.respond(request),

    async model() {
      const { model, health } = parts.greeter;
      const { notes, ...described } = model.describe();
      return accept({ ...described, available: health.available, notes: [...notes] });
    },

    async health() {
      return accept(await parts.health());
    },
  };
}
