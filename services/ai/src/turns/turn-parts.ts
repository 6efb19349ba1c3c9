import type { Bus, Log } from '@baton/runtime';
import type { AccessParts } from '../access/access.ts';
import type { CountTokens } from '../context/tokens.ts';
import type { AiMetrics } from '../metrics.ts';
import type { CircuitBreaker } from '../model/circuit-breaker.ts';
import type { ModelHealth } from '../model/health.ts';
import type { Model } from '../model/model.ts';
import type { ToolRegistry } from '../tools/registry.ts';
import type { TurnSettings } from './settings.ts';
import type { SessionCaller } from './writer.ts';

/** What a turn needs from its process. */
export interface TurnParts {
  session: SessionCaller;
  bus: Pick<Bus, 'publish' | 'subscribe'>;
  model: Model;
  access: AccessParts;
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
