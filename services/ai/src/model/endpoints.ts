import { type AiApi, accept, type ServiceHealth } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { ModelHealth } from './health.ts';
import type { Model } from './model.ts';

export function modelEndpoints(parts: {
  model: Model;
  health: ModelHealth;
  /** Of the whole service; most of it is about the model. */
  checkHealth: () => Promise<ServiceHealth>;
}): Pick<Handlers<AiApi>, 'model' | 'health'> {
  return {
    async model() {
      const { notes, ...described } = parts.model.describe();
      return accept({ ...described, available: parts.health.available, notes: [...notes] });
    },

    async health() {
      return accept(await parts.checkHealth());
    },
  };
}
