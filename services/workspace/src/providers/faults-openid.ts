import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import type { Reason } from './proof.ts';

/** The codes of the library's errors that tell of the token or of what was called back. */
const BY_CODE: Readonly<Record<string, Reason>> = {
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'expired',
  OAUTH_KEY_SELECTION_FAILED: 'signature',
  OAUTH_UNSUPPORTED_OPERATION: 'signature',
  OAUTH_PARSE_ERROR: 'token',
  OAUTH_INVALID_RESPONSE: 'token',
};
const BY_CLAIM: Readonly<Record<string, Reason>> = { iss: 'issuer', aud: 'audience', azp: 'audience', nonce: 'nonce' };

/** What a provider answers that is in trouble, or that does not know us: no fault of the person. */
const OURS: readonly string[] = ['server_error', 'temporarily_unavailable', 'invalid_client', 'unauthorized_client'];

/** What is wrong with a login; undefined when the provider cannot be asked, or an error is none of its own. */
export function faultOf(error: unknown): Reason | undefined {
  if (error instanceof AuthorizationResponseError) return 'declined';
  if (error instanceof WWWAuthenticateChallengeError) return undefined;
  if (error instanceof ResponseBodyError) return error.status >= 500 || OURS.includes(error.error) ? undefined : 'code';
  // Their own have a code, as of a token that is not even base64; those of a network that fails have none.
  if (error instanceof TypeError && 'code' in error) return 'token';
  if (!(error instanceof ClientError) || typeof error.code !== 'string') return undefined;
  const details = detailsOf(error);
  if (error.code === 'OAUTH_JWT_CLAIM_COMPARISON_FAILED') return BY_CLAIM[String(details.claim)] ?? 'token';
  if (error.code === 'OAUTH_INVALID_RESPONSE') {
    if ('parameters' in details) return 'callback';
    if ('signature' in details || 'header' in details) return 'signature';
  }
  return BY_CODE[error.code];
}

/** What the library says beside its words. Tokens are in it: none of it is logged. */
function detailsOf({ cause }: ClientError): Readonly<Record<string, unknown>> {
  const details = cause instanceof Error ? cause.cause : undefined;
  return typeof details === 'object' && details !== null ? (details as Record<string, unknown>) : {};
}
