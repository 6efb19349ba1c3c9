import { setTimeout as pause } from 'node:timers/promises';
import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from 'openai';
import { demandedCalls } from '../handoff/demanded-calls.ts';
import { FORGOTTEN_PATHS, readBaseUrl, shownUrl } from './base-url.ts';
import { type CapabilitySettings, createCapabilities } from './learning/capabilities.ts';
import { classifyRefusal } from './learning/classify-refusal.ts';
import { knownCapabilities } from './learning/known-providers.ts';
import { learnFromRefusal } from './learning/learn-from-refusal.ts';
import { type Refusal, readRefusal } from './learning/refusal.ts';
import { createLoading } from './loading.ts';
import { type Model, type ModelEvent, ModelFailure, type ModelRequest, type ToolCall } from './model.ts';
import { isFields } from './reading/chunk.ts';
import { ErrorInStream, type Observed, readAnswer } from './reading/read-answer.ts';
import { createTextReader } from './reading/text-calls/read-text.ts';
import { type ShapedRequest, shapeRequest } from './shaping/request.ts';

const OPENAI = 'https://api.openai.com/v1';
/** How often one request is adapted. Each time something is learnt, so it ends anyway. */
const MAX_ADAPTED = 12;
const MORE_ROOM = 4;
const THOUGHT_TOKENS = 4_000;
/** How long a model that unexpectedly reports that it is loading is waited for. */
const LOADING_MS = 60_000;
const LOADING_PAUSE_MS = 1_000;
const LOOK_ELSEWHERE_EVERY_MS = 30_000;

export interface OpenAiOptions {
  apiKey: string;
  baseUrl?: string | undefined;
  model: string;
  /** A name from the table of known providers. Otherwise the address decides. */
  provider?: string | undefined;
  /** Capabilities that the operator has set. They take precedence over known ones. */
  capabilities?: CapabilitySettings | undefined;
  /** Further parameters of each request. */
  parameters?: Readonly<Record<string, unknown>> | undefined;
  /** How long a loading model is waited for; unset: as the provider is known. */
  loadMs?: number | undefined;
  /** Called with each fact that is learnt about the endpoint. */
  onLearnt?: (words: string) => void;
}

/**
 * A model behind an endpoint that speaks OpenAI's chat completions, or a dialect of it. A parameter that the endpoint
 * rejects is left out from then on, and the request is repeated at once. Timeouts and retries are the caller's.
 */
export function openAiModel(options: OpenAiOptions): Model {
  const address = readBaseUrl(options.baseUrl ?? OPENAI);
  const url = new URL(address.url);
  const known = knownCapabilities({ baseUrl: url, model: options.model, provider: options.provider });
  if (options.loadMs !== undefined) known.loadMs = options.loadMs;
  const record = createCapabilities(known, options.capabilities ?? {}, options.onLearnt ?? (() => {}));
  const client = new OpenAI({
    apiKey: options.apiKey,
    // Always set: otherwise the SDK reads OPENAI_BASE_URL itself.
    baseURL: address.url,
    maxRetries: 0,
    // The SDK's logger may print conversations.
    logLevel: 'off',
    ...(record.now.provider === 'azure' && { defaultHeaders: { 'api-key': options.apiKey } }),
  });
  const secrets = [options.apiKey];
  const loading = createLoading();
  let lookedElsewhereAt = Number.NEGATIVE_INFINITY;

  const send = (body: Record<string, unknown>, signal: AbortSignal): Promise<Response> =>
    client.post(`${record.now.path}/chat/completions`, { body, stream: body.stream === true, signal }).asResponse();
  const list = (path: string, signal: AbortSignal): Promise<Response> =>
    client.get(`${path}/models`, { signal }).asResponse();

  /** Whether the endpoint is behind one of the paths that are often forgotten, which is then kept. */
  const isElsewhere = async (signal: AbortSignal): Promise<boolean> => {
    if (performance.now() - lookedElsewhereAt < LOOK_ELSEWHERE_EVERY_MS || record.now.path !== '') return false;
    lookedElsewhereAt = performance.now();
    for (const path of FORGOTTEN_PATHS.filter((forgotten) => !url.pathname.endsWith(forgotten))) {
      const found = await list(path, signal).then(
        readListing,
        (error: unknown) => error instanceof APIError && error.status === 401,
      );
      if (found !== undefined && found !== false) return record.learn({ path });
    }
    return false;
  };

  async function* askOnce(
    request: ModelRequest,
    shaped: ShapedRequest,
    roomier: number,
    signal: AbortSignal,
    observed: Observed,
  ) {
    const { loadMs, beginsWithThoughts, saysHowItEnds } = record.now;
    for await (const opened of loading.open((own) => send(shaped.body, own), loadMs, signal)) {
      if (opened.is === 'given_up') return;
      if (opened.is === 'waiting') {
        yield { type: 'progress' as const };
        continue;
      }
      const { body } = opened.value;
      if (body === null) throw new ModelFailure('empty');
      const tools = (request.tools ?? []).map(({ name }) => name);
      const held = beginsWithThoughts !== false;
      const dropsHeld = beginsWithThoughts === true || roomier === 1;
      for await (const event of readAnswer(body, { tools, held, dropsHeld, saysHowItEnds }, observed)) {
        if (event.type !== 'progress') loading.answers();
        yield event;
      }
    }
  }

  return {
    name: options.model,
    get contextTokens() {
      return record.now.contextTokens;
    },
    describe: () => ({
      model: options.model,
      provider: record.now.provider,
      endpoint: shownUrl(address.url),
      can: { ...record.now },
      notes: [...(address.note === undefined ? [] : [address.note]), ...record.learnt()],
    }),
    get wantsTrial() {
      return record.now.trial && record.now.beginsWithThoughts === undefined;
    },

    async *stream(request, signal, again) {
      let roomier = 1;
      let loadingUntil: number | undefined;
      for (let adapted = 0; ; adapted++) {
        const shaped = shapeRequest({
          model: options.model,
          request,
          can: record.now,
          parameters: options.parameters ?? {},
          roomier,
        });
        const observed: Observed = { saysHowItEnds: undefined, loneEnd: false, thoughts: false, words: false };
        let said = false;
        let finish: Finish | undefined;
        try {
          for await (const event of askOnce(request, shaped, roomier, signal, observed)) {
            said ||= event.type === 'tool_call' || (event.type === 'text' && event.text.trim() !== '');
            if (event.type !== 'finish') {
              yield event;
              continue;
            }
            finish = event;
            noteAnswer(observed, event.reason === 'length');
            if (event.reason === 'length' && !said && event.toolCalls.length === 0) break;
            yield withDemanded(event, request);
          }
          if (finish?.reason !== 'length' || said || finish.toolCalls.length > 0) return;
          // Thoughts, visible or not, used up the limit before the first word.
          if (roomier > 1) throw new ModelFailure('only_thoughts');
          roomier = MORE_ROOM;
          record.learn({ thoughtTokens: Math.max(record.now.thoughtTokens, THOUGHT_TOKENS) });
          await again?.(signal);
        } catch (error) {
          if (signal.aborted) return;
          // Only the wait for loading was aborted, not the request.
          if (error instanceof APIUserAbortError) throw new ModelFailure('loading', { detail: 'for too long' });
          if (said || finish !== undefined || adapted >= MAX_ADAPTED) throw asFailure(error, secrets);
          const refusal = refusalOf(error);
          const calls = callsIn(refusal?.generation, request);
          if (calls.length > 0) {
            yield { type: 'finish', reason: 'tool_calls', toolCalls: calls };
            return;
          }
          const learnt =
            refusal && mayTeach(refusal) ? learnFromRefusal(refusal, shaped.sent(), record.now) : undefined;
          if (learnt !== undefined && record.learn(learnt)) {
            await again?.(signal);
            continue;
          }
          const failure = asFailure(error, secrets);
          if (failure.kind === 'wrong_address' && (await isElsewhere(signal).catch(() => false))) continue;
          if (failure.kind !== 'loading') throw failure;
          loadingUntil ??= performance.now() + (record.now.loadMs || LOADING_MS);
          if (performance.now() > loadingUntil) throw failure;
          adapted--;
          yield { type: 'progress' };
          // Aborted, it ends at once.
          await pause(LOADING_PAUSE_MS, undefined, { signal }).catch(() => {});
          if (signal.aborted) return;
        }
      }
    },

    async check(signal) {
      try {
        const listed = await list(record.now.path, signal).then(readListing);
        if (listed !== undefined) return hasModel(listed, options.model) ? 'listed' : 'other';
      } catch (error) {
        const failure = asFailure(error, secrets);
        // The endpoint may work without a list of models: an answer will tell.
        if (failure.kind !== 'wrong_address' && !(error instanceof APIError && error.status === 501)) throw failure;
      }
      return (await isElsewhere(signal)) ? this.check(signal) : 'none';
    },
  };

  /** A model that is told of tools in the prompt may overlook a customer who asks for a human. */
  function withDemanded(finish: Finish, request: ModelRequest): Finish {
    if (record.now.tools === 'offered' || finish.reason === 'content_filter') return finish;
    const toolCalls = demandedCalls(request, finish.toolCalls);
    return { type: 'finish', reason: toolCalls.length > 0 ? 'tool_calls' : finish.reason, toolCalls };
  }

  function noteAnswer(observed: Observed, isCut: boolean): void {
    const { saysHowItEnds, loneEnd, words } = observed;
    const before = record.now.beginsWithThoughts;
    record.learn({
      ...(record.now.saysHowItEnds === undefined && { saysHowItEnds }),
      ...(loneEnd && { beginsWithThoughts: true }),
      ...(before === undefined && !loneEnd && words && !isCut && { beginsWithThoughts: false }),
    });
  }
}

/** Some endpoints fail because they cannot parse their model's call. It is parsed here. */
function callsIn(generation: string | undefined, request: ModelRequest): ToolCall[] {
  const tools = (request.tools ?? []).map(({ name }) => name);
  if (generation === undefined || tools.length === 0) return [];
  const reader = createTextReader({ tools, held: false });
  reader.push(generation);
  const known = reader.end().calls.filter(({ name }) => tools.includes(name));
  return known.map((call, position) => ({ id: `text_${position}`, ...call }));
}

type Finish = Extract<ModelEvent, { type: 'finish' }>;

/** A rejection of the request's form, and not of the key or the rate. */
function mayTeach({ status, words }: Refusal): boolean {
  if (status === 401 || status === 403) return false;
  return status !== 429 || words.includes('request too large');
}

function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof ErrorInStream) return readRefusal(statusIn(error.reported), error.reported);
  if (!(error instanceof APIError) || error instanceof APIConnectionError) return undefined;
  const status: number | undefined = error.status;
  // Without JSON the SDK's message is the status and the text of the response.
  return readRefusal(status, error.error ?? error.message);
}

/** The status that an error within a stream carries. */
function statusIn(reported: unknown): number | undefined {
  const code = isFields(reported) ? Number(reported.code ?? reported.status) : Number.NaN;
  return code >= 400 && code < 600 ? code : undefined;
}

function asFailure(error: unknown, secrets: readonly string[]): ModelFailure {
  if (error instanceof ModelFailure) return error;
  if (error instanceof APIUserAbortError) return new ModelFailure('unreachable', { detail: 'no answer in time' });
  if (error instanceof APIConnectionError) return new ModelFailure('unreachable', { detail: reasonOf(error) });
  const refusal = refusalOf(error);
  if (refusal === undefined) return new ModelFailure('cut_off', { detail: reasonOf(error) });
  return classifyRefusal(refusal, error instanceof APIError ? error.headers : undefined, secrets);
}

/** The ids of a list of models; undefined when the response is no list, such as a web page. */
async function readListing(response: Response): Promise<string[] | undefined> {
  const body: unknown = await response.json().catch(() => undefined);
  const models = isFields(body) ? (body.data ?? body.models) : body;
  if (!Array.isArray(models)) return undefined;
  return models
    .flatMap((model) => (isFields(model) ? [model.id ?? model.name] : [model]))
    .filter((id) => typeof id === 'string');
}

/** Lists may name models in full: `models/x`, `x:latest`. */
function hasModel(listed: readonly string[], model: string): boolean {
  return listed.some((id) => id === model || id === `${model}:latest` || id.endsWith(`/${model}`));
}

/** The innermost cause, such as `ECONNREFUSED`: the SDK's own message is "Connection error." */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return CERTIFICATE.some((part) => code.includes(part)) ? `${code}: see NODE_EXTRA_CA_CERTS` : code;
}

/** Parts of the codes for a certificate that TLS does not trust. */
const CERTIFICATE = ['CERT', 'SELF_SIGNED', 'UNABLE_TO_VERIFY', 'UNABLE_TO_GET_ISSUER'];
