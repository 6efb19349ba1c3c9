import type { Log } from '@baton/runtime';
import type { AiConfig } from '../config.ts';
import { openAiModel } from './client-openai.ts';
import type { Model } from './model.ts';
import { isOnOwnNetwork } from './own-network.ts';
import { redactionKinds } from './redaction/kinds.ts';
import { redactingModel } from './redaction/redacting-model.ts';

/** The model that the settings name. What it needs an operator's eye for is logged. */
export function configuredModel(config: AiConfig, log: Log): Model {
  if (config.keyIsPlaceholder) log.warn('OPENAI_API_KEY is the placeholder of an example: the offline model answers');
  const model = openAiModel({
    apiKey: config.OPENAI_API_KEY,
    baseUrl: config.OPENAI_BASE_URL,
    model: config.OPENAI_MODEL,
    provider: config.MODEL_PROVIDER,
    capabilities: config.MODEL_CAPABILITIES,
    parameters: config.MODEL_PARAMETERS,
    loadMs: config.MODEL_LOAD_TIMEOUT_MS,
    onLearnt: (learnt) => log.info({ model: config.OPENAI_MODEL, learnt }, 'the model endpoint is asked differently'),
  });
  for (const note of model.describe().notes) log.warn({ model: model.name }, note);
  const kinds = config.REDACT ?? (isOnOwnNetwork(config.OPENAI_BASE_URL) ? [] : redactionKinds);
  log.info({ model: model.name, redacts: kinds }, 'what is private is replaced before the model is asked');
  return redactingModel(model, new Set(kinds));
}
