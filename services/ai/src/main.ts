import { aiApi, sessionApi } from '@baton/contracts';
import { connectBus, type Loop, type Parts, runService, serveHealth } from '@baton/runtime';
import { createAdmission } from './admission/admission.ts';
import { createThrottle } from './admission/throttle.ts';
import { type AiConfig, aiConfig } from './config.ts';
import { countContextTokens } from './context/tokens.ts';
import { createAiHealth } from './health.ts';
import { knowledgeOf } from './knowledge/knowledge-minisearch.ts';
import { createAiMetrics } from './metrics.ts';
import { createCircuitBreaker } from './model/circuit-breaker.ts';
import { configuredModel } from './model/configured-openai.ts';
import { modelEndpoints } from './model/endpoints.ts';
import { createModelHealth, startModelChecks } from './model/health.ts';
import { useOutboundProxy } from './platform/outbound-proxy.ts';
import { startToolDiscovery } from './tools/discovered-nats.ts';
import { toolEndpoints } from './tools/endpoints.ts';
import { ownTools } from './tools/own-tools.ts';
import { createPoet } from './tools/poem.ts';
import { createToolRegistry } from './tools/registry.ts';
import { turnEndpoints } from './turns/endpoints.ts';
import { createResponder } from './turns/generate-response.ts';
import { reconcilePendingReplies } from './turns/reconcile.ts';
import { createTurnScheduler } from './turns/scheduler.ts';
import { turnSettings } from './turns/settings.ts';
import { subscribeToSessions } from './turns/subscriptions.ts';
import { runTurn } from './turns/turn.ts';

/** The parts of one ai service, in the order in which they need each other. */
export async function startAi({ config, instance, log, metrics, release }: Parts<AiConfig>): Promise<void> {
  useOutboundProxy(process.env, config.OFFLINE_MODEL_URL, log);
  let reconciler: Loop | undefined;
  let discovery: ReturnType<typeof startToolDiscovery> | undefined;
  const onReconnect = () => {
    reconciler?.kick();
    discovery?.kick();
  };
  const { HEALTH_HOST: host, HEALTH_PORT: port } = config;
  const bus = await connectBus({ service: 'ai', config, instance, log, metrics, onReconnect });
  release('nats', bus.close);
  const session = bus.caller(sessionApi);
  const ai = bus.caller(aiApi);

  const settings = turnSettings(config);
  const model = configuredModel(config, log);
  const circuit = createCircuitBreaker();
  const throttle = createThrottle();
  const health = createModelHealth({ model, circuit, throttle, timeouts: settings.modelTimeouts, log });
  const checks = startModelChecks(health, log);
  release('model checks', checks.stop);
  const aiMetrics = createAiMetrics(metrics, {
    turnsUnderWay: () => scheduler.underWay,
    modelWaits: () => throttle.limited?.waiting ?? 0,
    modelAvailable: () => health.available,
    ceilingReached: () => admission.budgets?.ceiling !== undefined,
  });
  const admission = createAdmission({ session, throttle, config, metrics: aiMetrics, log });

  discovery = startToolDiscovery(bus.nats, config.SUBJECT_ROOT, log);
  release('tool discovery', discovery.stop);
  const poet = createPoet({ model, timeouts: settings.modelTimeouts, metrics: aiMetrics });
  const knowledge = knowledgeOf(config.KNOWLEDGE_DIR, log);
  const tools = createToolRegistry({ own: ownTools(config, poet, knowledge), found: discovery.found, log });

  const shared = { model, admission, circuit, health, metrics: aiMetrics, log };
  const parts = { ...shared, bus, session, tools, settings, countTokens: countContextTokens(), worker: instance };
  const scheduler = createTurnScheduler({
    max: config.MAX_TURNS,
    run: (sessionId, draining) => runTurn(parts, sessionId, draining),
    // Another process takes it now, and not only when it reconciles.
    giveBack: (sessionId, source) => void ai.poke({ sessionId, ...(source && { source }) }, { timeoutMs: 300 }),
    log,
  });
  release('turns', () => scheduler.drain());
  const responder = createResponder(parts, config.MAX_TURNS);
  const checkHealth = createAiHealth({ instance, bus, model, modelHealth: health, budgets: admission.budgets });
  const handlers = {
    ...turnEndpoints({ scheduler, responder, greeter: parts }),
    ...toolEndpoints({ tools, poet, admission }),
    ...modelEndpoints({ model, health, checkHealth }),
  };
  const served = await bus.serve(aiApi, handlers);
  release('endpoints', () => served.stop());
  release('responses', responder.stop);
  const http = await serveHealth({ host, port, health: checkHealth, metrics, log });
  release('health', () => http.stop());

  const subscriptions = subscribeToSessions(bus, scheduler);
  release('subscriptions', subscriptions.leave);
  reconciler = reconcilePendingReplies({ session, scheduler, log });
  release('reconciler', () => reconciler?.stop());
}

if (import.meta.main) await runService({ name: 'ai', config: aiConfig }, startAi);
