import { aiApi, subjects as createSubjects, sessionApi } from '@baton/contracts';
import {
  closeNats,
  connectNats,
  createAnnouncer,
  createCaller,
  createHealth,
  Degraded,
  type Loop,
  type Parts,
  runService,
  serve,
  serveHealth,
  startLoop,
  version,
} from '@baton/runtime';
import { budgetsOf } from './access/budget-settings.ts';
import { createModelBudgets } from './access/budgets.ts';
import { createThrottle } from './access/throttle.ts';
import { type AiConfig, aiConfig } from './config.ts';
import { LOAD_ENTRIES } from './context/fit-context.ts';
import { countTokens, rememberCounts } from './context/tokens.ts';
import { aiEndpoints } from './endpoints.ts';
import { loadKnowledge } from './knowledge/knowledge-minisearch.ts';
import { createAiMetrics } from './metrics.ts';
import { createCircuit } from './model/circuit-breaker.ts';
import { openAiModel } from './model/client-openai.ts';
import { createModelHealth, MODEL_LOOK_EVERY_MS } from './model/health.ts';
import { useOutboundProxy } from './platform/outbound-proxy.ts';
import { discoverTools } from './tools/discovered-nats.ts';
import { writePoem } from './tools/poem.ts';
import { createToolRegistry } from './tools/registry.ts';
import { searchKnowledge } from './tools/search-knowledge.ts';
import type { Tool } from './tools/tool.ts';
import { transferToAgent } from './tools/transfer-to-agent.ts';
import { type Poet, writePoemTool } from './tools/write-poem.ts';
import { createResponder } from './turns/respond.ts';
import { createTurns } from './turns/scheduler.ts';
import { watchSession } from './turns/session-watch-nats.ts';
import { turnSettings } from './turns/settings.ts';
import { compareUnanswered, reactToEvents } from './turns/subscriptions.ts';
import { runTurn } from './turns/turn.ts';

const DISCOVER_EVERY_MS = 30_000;
/** More than one turn can need, so that the next finds the prompt's. */
const COUNTS_REMEMBERED = 2 * LOAD_ENTRIES;
/** Below the runtime's own patience with a stop, so that what is called off can still be given back. */
const DRAIN_MS = 20_000;

/** Acquires the parts of the ai service, one by one. */
export async function startAi({ config, instance, log, metrics, release }: Parts<AiConfig>): Promise<void> {
  if (config.keyIsPlaceholder) log.warn('OPENAI_API_KEY is the placeholder of an example: the offline model answers');
  const offlineModel = config.OFFLINE_MODEL_URL === undefined ? [] : [new URL(config.OFFLINE_MODEL_URL).hostname];
  const proxies = useOutboundProxy(process.env, offlineModel);
  if (proxies.length > 0) log.info({ proxies }, 'the model is asked through a proxy');
  let comparing: Loop | undefined;
  let discovering: Loop | undefined;
  const subjects = createSubjects(config.SUBJECT_ROOT);
  const nats = await connectNats({
    url: config.NATS_URL,
    caFile: config.NATS_CA_FILE,
    name: instance,
    log,
    onReconnect: () => {
      comparing?.kick();
      discovering?.kick();
    },
  });
  release('nats', () => closeNats(nats));
  const session = createCaller(nats, sessionApi, subjects);
  const ai = createCaller(nats, aiApi, subjects);

  const settings = turnSettings(config);
  const model = openAiModel({
    apiKey: config.OPENAI_API_KEY,
    baseUrl: config.OPENAI_BASE_URL,
    model: config.OPENAI_MODEL,
    provider: config.MODEL_PROVIDER,
    capabilities: config.MODEL_CAPABILITIES,
    parameters: config.MODEL_PARAMETERS,
    loadMs: config.MODEL_LOAD_TIMEOUT_MS,
    onLearnt: (words) =>
      log.info({ model: config.OPENAI_MODEL, learnt: words }, 'the model endpoint is asked differently'),
  });
  for (const note of model.describe().notes) log.warn({ model: model.name }, note);
  const circuit = createCircuit();
  const throttle = createThrottle();
  const health = createModelHealth({ model, circuit, throttle, limits: settings.ask, log });
  const leaving = new AbortController();
  const looking = startLoop({
    name: 'model',
    everyMs: MODEL_LOOK_EVERY_MS,
    log,
    atOnce: true,
    run: () => health.look(leaving.signal),
  });
  release('model checks', () => {
    leaving.abort();
    return looking.stop();
  });

  const aiMetrics = createAiMetrics(metrics, {
    turnsUnderWay: () => turns.underWay,
    modelWaits: () => throttle.limited?.waiting ?? 0,
    modelAvailable: () => health.available,
    ceilingReached: () => budgets?.ceiling !== undefined,
  });
  const budgets = createModelBudgets({
    session,
    budgets: budgetsOf(config),
    maxWaitMs: config.MODEL_WAIT_MS,
    metrics: aiMetrics,
    log,
  });
  const poet: Poet = async (request) => {
    const written = await writePoem({ model, limits: settings.ask, ...request });
    if (written?.usage) aiMetrics.used(written.usage);
    return written;
  };
  let found: Tool[] = [];
  discovering = startLoop({
    name: 'tools',
    everyMs: DISCOVER_EVERY_MS,
    log,
    atOnce: true,
    run: async () => {
      found = await discoverTools(nats, subjects, log);
    },
  });
  release('tool discovery', () => discovering.stop());
  const knowledge = config.KNOWLEDGE_DIR === undefined ? undefined : loadKnowledge(config.KNOWLEDGE_DIR);
  if (knowledge) log.info({ passages: knowledge.size }, 'knowledge is loaded');
  const tools = createToolRegistry({
    own: [
      transferToAgent(config.AI_HIGH_REASONS),
      ...(config.WRITE_POEM ? [writePoemTool(poet)] : []),
      ...(knowledge ? [searchKnowledge(knowledge)] : []),
    ],
    found: () => found,
    log,
  });

  const parts = {
    session,
    watch: (sessionId: string, news: Parameters<typeof watchSession>[0]['news']) =>
      watchSession({ nats, subjects, sessionId, log, news }),
    live: createAnnouncer(nats, subjects).live,
    subjects,
    model,
    access: {
      throttle,
      budgets,
      ofMessage: { calls: config.BUDGET_MESSAGE_CALLS, tokens: config.BUDGET_MESSAGE_TOKENS },
      waitMs: config.MODEL_WAIT_MS,
      onCall: aiMetrics.modelCalled,
    },
    circuit,
    health,
    tools,
    countTokens: rememberCounts(countTokens, COUNTS_REMEMBERED),
    metrics: aiMetrics,
    log,
    worker: instance,
    settings,
  };
  const turns = createTurns({
    max: config.MAX_TURNS,
    run: (sessionId, draining) => runTurn(parts, sessionId, draining),
    // Another process takes it now, instead of when it next compares.
    handBack: (sessionId, source) => void ai.poke({ sessionId, ...(source && { source }) }, { timeoutMs: 300 }),
    log,
  });
  release('turns', () => turns.drain(DRAIN_MS));

  const checkHealth = createHealth({
    instance,
    essential: { nats: async () => void (await nats.rtt()) },
    optional: {
      model: health.check,
      budget: async () => {
        const ceiling = budgets?.ceiling;
        if (ceiling !== undefined) throw new Degraded(`used up until 00:00 UTC (${ceiling}); chats go to humans`);
      },
    },
    notes: { model: () => model.describe().notes },
  });
  const responder = createResponder(parts, config.MAX_TURNS);
  const endpoints = aiEndpoints({ turns, tools, poet, greeter: parts, responder, health: checkHealth });
  const served = await serve({ nats, api: aiApi, handlers: endpoints, subjects, version, log, metrics });
  release('endpoints', () => served.stop());
  release('responses', responder.stop);
  const { HEALTH_HOST: host, HEALTH_PORT: port } = config;
  const healthServer = await serveHealth({ host, port, health: checkHealth, metrics, log });
  release('health', () => healthServer.stop());

  const reacting = reactToEvents({ nats, subjects, turns, log });
  release('reactions', () => reacting.stop());
  comparing = compareUnanswered({ session, turns, log });
  release('comparing', () => comparing.stop());
}

if (import.meta.main) await runService({ name: 'ai', config: aiConfig }, startAi);
