import { setTimeout as pause } from 'node:timers/promises';
import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from 'openai';
import { demandedCalls } from '../handoff/demanded-calls.ts';
import { FORGOTTEN_PATHS, readBaseUrl, shownUrl } from './base-url.ts';
import { type CapabilitySettings, createCapabilities } from './learning/capabilities.ts';
import { classify } from './learning/classify.ts';
import { knownCapabilities } from './learning/known-providers.ts';
import { type Refusal, readRefusal } from './learning/refusal.ts';
import { understand } from './learning/understand.ts';
import { createLoading } from './loading.ts';
import { type Model, type ModelEvent, ModelFailure, type ModelRequest, type ToolCall } from './model.ts';
import { isFields } from './reading/chunk.ts';
import { ErrorInStream, type Observed, readAnswer } from './reading/read-answer.ts';
import { createTextReader } from './reading/text-calls/read-text.ts';
import { type ShapedRequest, shapeRequest } from './shaping/request.ts';

const OPENAI = 'https://api.openai.com/v1';
/** Times that one request is put differently. Each is for something learnt, so there is an end to it anyway. */
const MAX_ADAPTED = 12;
const MORE_ROOM = 4;
const THOUGHT_TOKENS = 4_000;
/** A model that says of itself that it is being loaded, where nobody expected it, is waited for so long. */
const LOADING_MS = 60_000;
const LOADING_PAUSE_MS = 1_000;
const LOOK_ELSEWHERE_EVERY_MS = 30_000;

export interface OpenAiOptions {
  apiKey: string;
  baseUrl?: string | undefined;
  model: string;
  /** As the table of known ones names it. Else it is told by its address. */
  provider?: string | undefined;
  /** What the operator says that the endpoint can do, over all that is known. */
  capabilities?: CapabilitySettings | undefined;
  /** Further parameters of each request. */
  parameters?: Readonly<Record<string, unknown>> | undefined;
  /** How long a model that is being loaded is waited for; not set: as is known of the provider. */
  loadMs?: number | undefined;
  /** Something was learnt of the endpoint. */
  onLearnt?: (words: string) => void;
}

/**
 * A model behind an endpoint that speaks OpenAI's chat completions, or what it takes for that. What it refuses is left out
 * from then on, and what was asked is asked again at once. Limits of time, and retries, are the caller's.
 */
export function openAiModel(options: OpenAiOptions): Model {
  const address = readBaseUrl(options.baseUrl ?? OPENAI);
  const url = new URL(address.url);
  const known = knownCapabilities({ baseUrl: url, model: options.model, provider: options.provider });
  if (options.loadMs !== undefined) known.loadMs = options.loadMs;
  const record = createCapabilities(known, options.capabilities ?? {}, options.onLearnt ?? (() => {}));
  const client = new OpenAI({
    apiKey: options.apiKey,
    // Set always: the SDK would take OPENAI_BASE_URL from the environment by itself.
    baseURL: address.url,
    maxRetries: 0,
    // The SDK's logger may print what was said.
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

  /** Whether what was not found at the address is behind one of the usual paths, which is then kept. */
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
          // The limit was used up before the first word: by thoughts, seen or unseen.
          if (roomier > 1) throw new ModelFailure('only_thoughts');
          roomier = MORE_ROOM;
          record.learn({ thoughtTokens: Math.max(record.now.thoughtTokens, THOUGHT_TOKENS) });
          await again?.(signal);
        } catch (error) {
          if (signal.aborted) return;
          // Nobody gave up but the wait for the model itself.
          if (error instanceof APIUserAbortError) throw new ModelFailure('loading', { detail: 'for too long' });
          if (said || finish !== undefined || adapted >= MAX_ADAPTED) throw asFailure(error, secrets);
          const refusal = refusalOf(error);
          const calls = callsIn(refusal?.generation, request);
          if (calls.length > 0) {
            yield { type: 'finish', reason: 'tool_calls', toolCalls: calls };
            return;
          }
          const learnt = refusal && mayTeach(refusal) ? understand(refusal, shaped.asked(), record.now) : undefined;
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
        // An endpoint without a list of models may be there all the same, or not: an answer will tell.
        if (failure.kind !== 'wrong_address' && !(error instanceof APIError && error.status === 501)) throw failure;
      }
      return (await isElsewhere(signal)) ? this.check(signal) : 'none';
    },
  };

  /** Without tools of its own, the endpoint's model may overlook a customer who asks for a human. */
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

/** Some endpoints refuse what their own model wrote, as they could not read its call. It is read here. */
function callsIn(generation: string | undefined, request: ModelRequest): ToolCall[] {
  const tools = (request.tools ?? []).map(({ name }) => name);
  if (generation === undefined || tools.length === 0) return [];
  const reader = createTextReader({ tools, held: false });
  reader.push(generation);
  const known = reader.end().calls.filter(({ name }) => tools.includes(name));
  return known.map((call, position) => ({ id: `text_${position}`, ...call }));
}

type Finish = Extract<ModelEvent, { type: 'finish' }>;

/** A refusal that is about how something was asked, and not about who asks or how often. */
function mayTeach({ status, words }: Refusal): boolean {
  if (status === 401 || status === 403) return false;
  return status !== 429 || words.includes('request too large');
}

function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof ErrorInStream) return readRefusal(statusIn(error.reported), error.reported);
  if (!(error instanceof APIError) || error instanceof APIConnectionError) return undefined;
  const status: number | undefined = error.status;
  // Without JSON the SDK gives the text of the answer as its message, after the status.
  return readRefusal(status, error.error ?? error.message);
}

/** Errors within a stream carry the status that they would have had. */
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
  return classify(refusal, error instanceof APIError ? error.headers : undefined, secrets);
}

/** The ids of a list of models; undefined for what is none, as a web page. */
async function readListing(response: Response): Promise<string[] | undefined> {
  const body: unknown = await response.json().catch(() => undefined);
  const models = isFields(body) ? (body.data ?? body.models) : body;
  if (!Array.isArray(models)) return undefined;
  return models
    .flatMap((model) => (isFields(model) ? [model.id ?? model.name] : [model]))
    .filter((id) => typeof id === 'string');
}

/** Lists name models in full: `models/x`, `x:latest`. */
function hasModel(listed: readonly string[], model: string): boolean {
  return listed.some((id) => id === model || id === `${model}:latest` || id.endsWith(`/${model}`));
}

/** The innermost cause, as `ECONNREFUSED`: the SDK's own words are "Connection error." */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return CERTIFICATE.some((part) => code.includes(part)) ? `${code}: see NODE_EXTRA_CA_CERTS` : code;
}

/** Of the codes by which TLS says that it does not know who signed a certificate. */
const CERTIFICATE = ['CERT', 'SELF_SIGNED', 'UNABLE_TO_VERIFY', 'UNABLE_TO_GET_ISSUER'];
