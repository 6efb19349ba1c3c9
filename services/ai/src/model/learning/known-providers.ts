import { type Capabilities, unknownCapabilities } from './capabilities.ts';

interface Provider {
  name: string;
  /** Ends of host names. */
  hosts?: readonly string[];
  /** The default port on a local machine. */
  port?: number;
  is: Partial<Capabilities>;
}

/** Hosted, always loaded and paid by the token: no trial. */
const hosted: Partial<Capabilities> = { trial: false, beginsWithThoughts: false };
/** The model is loaded with the first request, and again after some idle time. */
const LOAD_MS = 120_000;

/** Known capabilities. Everything else is learnt: a row only spares the first request a rejection. */
const providers: readonly Provider[] = [
  { name: 'openai', hosts: ['api.openai.com'], is: { ...hosted, limit: 'max_completion_tokens' } },
  {
    name: 'azure',
    hosts: ['openai.azure.com', 'services.ai.azure.com', 'cognitiveservices.azure.com'],
    is: { ...hosted, limit: 'max_completion_tokens' },
  },
  { name: 'mistral', hosts: ['api.mistral.ai'], is: { ...hosted, without: ['stream_options'], shortIds: true } },
  { name: 'gemini', hosts: ['generativelanguage.googleapis.com'], is: { ...hosted, simpleSchemas: true } },
  { name: 'anthropic', hosts: ['api.anthropic.com'], is: hosted },
  { name: 'perplexity', hosts: ['api.perplexity.ai'], is: { trial: false, order: 'strict' } },
  { name: 'deepseek', hosts: ['api.deepseek.com'], is: hosted },
  { name: 'groq', hosts: ['api.groq.com'], is: { trial: false } },
  { name: 'openrouter', hosts: ['openrouter.ai'], is: { trial: false } },
  { name: 'together', hosts: ['api.together.xyz', 'api.together.ai'], is: { trial: false } },
  { name: 'fireworks', hosts: ['api.fireworks.ai'], is: { trial: false } },
  { name: 'xai', hosts: ['api.x.ai'], is: hosted },
  { name: 'cohere', hosts: ['api.cohere.com', 'api.cohere.ai'], is: hosted },
  { name: 'ollama', port: 11434, is: { loadMs: LOAD_MS } },
  { name: 'lmstudio', port: 1234, is: { loadMs: LOAD_MS } },
  { name: 'llamacpp', port: 8080, is: { loadMs: LOAD_MS } },
  { name: 'localai', is: { loadMs: LOAD_MS } },
  { name: 'jan', port: 1337, is: { loadMs: LOAD_MS } },
  { name: 'vllm', port: 8000, is: {} },
  { name: 'sglang', port: 30000, is: {} },
  { name: 'tgi', is: {} },
  {
    name: 'offline',
    is: { trial: false, beginsWithThoughts: false, saysHowItEnds: true },
  },
];
export const providerNames: readonly string[] = providers.map(({ name }) => name);

/** Parts of names of models that think first, so that the answer's limit is too small for both. */
const THINKERS = ['deepseek-r1', 'deepseek-reasoner', 'qwq', 'thinking', 'reasoner', 'magistral', 'gpt-oss', 'gpt-5'];
/** The first part of OpenAI's own names. */
const THINKING_SERIES = ['o1', 'o3', 'o4'];
/** Their templates open the thoughts, so the answer only contains the end mark. */
const BEGIN_WITH_THOUGHTS = ['deepseek-r1', 'qwq', 'thinking'];
const THOUGHT_TOKENS = 4_000;

/** What is known of an endpoint and model before the first request. `provider`: as set; otherwise by the address. */
export function knownCapabilities(options: {
  baseUrl: URL;
  model: string;
  provider?: string | undefined;
}): Capabilities {
  const found = options.provider === undefined ? byAddress(options) : byName(options.provider);
  const base: Capabilities = {
    ...unknownCapabilities,
    provider: options.provider ?? options.baseUrl.host,
    ...found?.is,
  };
  if (found !== undefined) base.provider = found.name;
  const model = options.model.toLowerCase();
  const series = model.slice(model.lastIndexOf('/') + 1).split('-', 1)[0] ?? '';
  const thinks = THINKERS.some((name) => model.includes(name)) || THINKING_SERIES.includes(series);
  const begins = base.beginsWithThoughts === undefined && BEGIN_WITH_THOUGHTS.some((name) => model.includes(name));
  return {
    ...base,
    ...(thinks && { thoughtTokens: THOUGHT_TOKENS }),
    ...(begins && { beginsWithThoughts: true }),
  };
}

const byName = (name: string) => providers.find((provider) => provider.name === name);

function byAddress({ baseUrl, model }: { baseUrl: URL; model: string }): Provider | undefined {
  if (model === 'baton-offline' || model.startsWith('offline/')) return byName('offline');
  const host = baseUrl.hostname.toLowerCase();
  const ofHost = providers.find(({ hosts }) => hosts?.some((end) => host === end || host.endsWith(`.${end}`)));
  return ofHost ?? providers.find(({ port }) => port !== undefined && String(port) === baseUrl.port);
}
