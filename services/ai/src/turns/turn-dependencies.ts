import type { Bus, Log } from '@baton/runtime';
import type { AdmissionParts } from '../admission/admission.ts';
import type { CountTokens } from '../context/tokens.ts';
import type { AiMetrics } from '../metrics.ts';
import type { CircuitBreaker } from '../model/circuit-breaker.ts';
import type { ModelHealth } from '../model/health.ts';
import type { Model } from '../model/model.ts';
import type { ToolRegistry } from '../tools/registry.ts';
import type { TurnSettings } from './settings.ts';
import type { SessionCaller } from './write-conclusion.ts';

/** What a turn needs from its process. */
export interface TurnDependencies {
  session: SessionCaller;
  bus: Pick<Bus, 'publish' | 'subscribe'>;
  model: Model;
  admission: AdmissionParts;
  circuit: CircuitBreaker;
  health: ModelHealth;
  tools: ToolRegistry;
  countTokens: CountTokens;
  metrics: AiMetrics;
  log: Log;
  /** The holder of this process's leases. */
  worker: string;
  settings: TurnSettings;
}
