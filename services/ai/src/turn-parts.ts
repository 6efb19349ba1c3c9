import type { Subjects } from '@baton/contracts';
import type { Announcer, Log } from '@baton/runtime';
import type { AccessParts } from './access/access.ts';
import type { AiMetrics } from './ai-metrics.ts';
import type { Circuit } from './circuit.ts';
import type { Model } from './model.ts';
import type { ModelHealth } from './model-health.ts';
import type { SessionNews } from './session-watch-nats.ts';
import type { CountTokens } from './tokens.ts';
import type { ToolRegistry } from './tools/registry.ts';
import type { TurnSettings } from './turn-settings.ts';
import type { SessionCaller } from './turn-writing.ts';

/** What a turn needs of its process. */
export interface TurnParts {
  session: SessionCaller;
  watch: (sessionId: string, news: SessionNews) => () => void;
  live: Announcer['live'];
  subjects: Subjects;
  model: Model;
  access: AccessParts;
  circuit: Circuit;
  health: ModelHealth;
  tools: ToolRegistry;
  countTokens: CountTokens;
  metrics: AiMetrics;
  log: Log;
  /** Names the leases of this process. */
  worker: string;
  settings: TurnSettings;
}
