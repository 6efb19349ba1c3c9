import { type FailureKind, ModelFailure } from '../model.ts';
import { quotableMessage } from './quotable-message.ts';
import type { Refusal } from './refusal.ts';
import { retryAfter } from './retry-after.ts';

const says = ({ words, codes }: Refusal, phrases: readonly string[]) =>
  phrases.some((phrase) => words.includes(phrase) || codes.includes(phrase));

const FILTERED = [
  'content_filter',
  'content_policy_violation',
  'responsibleaipolicyviolation',
  'content management policy',
  'data_inspection_failed',
  'safety system',
  'violating our usage policy',
];
const NO_QUOTA = [
  'insufficient_quota',
  'billing_hard_limit_reached',
  'credit balance',
  'insufficient balance',
  'insufficient credits',
  'insufficient_balance',
  'payment required',
  'no credits',
  'exceeded your monthly',
];
const BAD_KEY = ['invalid_api_key', 'api key not valid', 'incorrect api key', 'invalid api key', 'api_key_invalid'];
const NO_MODEL = [
  'model_not_found',
  'model_decommissioned',
  'deploymentnotfound',
  'model not found',
  'not_found_error',
  'unknown_model',
  'invalid_model',
];
const GONE = [
  'not found',
  'does not exist',
  'decommissioned',
  'deprecated',
  'no longer',
  'not available',
  'retired',
  'not exist',
  'unknown model',
  'invalid model',
  'not a valid model',
  'try pulling it',
  'no model',
];
const LOADING = [
  'loading model',
  'currently loading',
  'model is loading',
  'still loading',
  'being loaded',
  'warming up',
];

/** A code, and not a sentence or a key. */
const CODE = /^[a-z][a-z_.-]{0,59}$/;

/** What a rejection means for health, circuit breaker and retries. `secrets` are removed from its words. */
export function classifyRefusal(
  refusal: Refusal,
  headers: Headers | undefined,
  secrets: readonly string[],
): ModelFailure {
  const kind = kindOf(refusal);
  const { status, codes } = refusal;
  const code = codes.find((one) => one !== String(status) && CODE.test(one));
  const detail = [status ?? 'within the stream', code].filter((part) => part !== undefined).join(' ');
  const hasRetry = kind === 'rate_limited' || kind === 'server_error' || kind === 'loading';
  return new ModelFailure(kind, {
    detail,
    words: quotableMessage(refusal.message, secrets),
    ...(hasRetry && { retryAfterMs: retryAfter(headers) }),
  });
}

function kindOf(refusal: Refusal): FailureKind {
  const { status, words } = refusal;
  if (says(refusal, LOADING)) return 'loading';
  if (refusal.generation !== undefined || says(refusal, ['tool_use_failed'])) return 'garbled';
  if (says(refusal, FILTERED)) return 'filtered';
  if (status === 402 || says(refusal, NO_QUOTA)) return 'out_of_quota';
  if (status === 401 || status === 403 || says(refusal, BAD_KEY)) return 'unauthorised';
  const isOfModel = says(refusal, NO_MODEL) || (words.includes('model') && says(refusal, GONE));
  if (isOfModel && (status === undefined || status < 500)) return 'unknown_model';
  if (status === 404 || status === 405) return 'wrong_address';
  if (status === 429) return 'rate_limited';
  if (status === undefined || status === 408 || status === 409 || status >= 500) return 'server_error';
  return 'bad_request';
}
