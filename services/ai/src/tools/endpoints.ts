import { type AiApi, accept, refuse } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import { type AdmissionParts, admitterByHand } from '../admission/admission.ts';
import { ModelFailure } from '../model/model.ts';
import type { Poet } from './poem.ts';
import type { ToolRegistry } from './registry.ts';

/** Callers over NATS time out after this too. */
const POEM_TIMEOUT_MS = 30_000;

export function toolEndpoints(parts: {
  tools: ToolRegistry;
  poet: Poet;
  admission: AdmissionParts;
}): Pick<Handlers<AiApi>, 'tools' | 'writePoem'> {
  return {
    async tools() {
      return accept({ tools: parts.tools.specs() });
    },

    async writePoem({ topic, style }) {
      try {
        const signal = AbortSignal.timeout(POEM_TIMEOUT_MS);
        const written = await parts.poet({ topic, style, admitter: admitterByHand(parts.admission), signal });
        return written === undefined
          ? refuse('UNAVAILABLE', 'The model did not finish the poem in time.')
          : accept({ poem: written.poem });
      } catch (error) {
        if (error instanceof ModelFailure) return refuse('UNAVAILABLE', `No poem: ${error.message}.`);
        throw error;
      }
    },
  };
}
