import { type Bus, createHealth, Degraded } from '@baton/runtime';
import type { ModelBudgets } from './admission/budgets.ts';
import type { ModelHealth } from './model/health.ts';
import type { Model } from './model/model.ts';

/** What /health reports. Only NATS is essential: without the model, humans answer. */
export function createAiHealth(parts: {
  instance: string;
  bus: Bus;
  model: Model;
  modelHealth: ModelHealth;
  budgets: ModelBudgets | undefined;
}) {
  const { instance, bus, model, modelHealth, budgets } = parts;
  return createHealth({
    instance,
    essential: { nats: () => bus.flush() },
    optional: {
      model: modelHealth.check,
      budget: async () => {
        const ceiling = budgets?.ceiling;
        if (ceiling !== undefined) throw new Degraded(`used up until 00:00 UTC (${ceiling}); chats go to humans`);
      },
    },
    notes: { model: () => model.describe().notes },
  });
}
