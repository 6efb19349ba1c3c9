const MAX_SHOWN = 240;
/** Signs of which keys are made. A run of them that is this long and has letters and digits may be one. */
const KEY_SIGNS = /[A-Za-z0-9_*…-]/;
const KEY_LENGTH = 20;
const KEY_STARTS = ['sk-', 'sk_', 'key-', 'gsk_', 'xai-', 'aiza', 'hf_', 'nvapi-', 'pplx-', 'bearer'];

/**
 * What an endpoint says, to be shown to operators: short, on one line, and without anything that may be a key, also where
 * it quotes one in part. It is shown only where nothing of a customer's was sent, as many quote what they refuse.
 */
export function ownWords(message: string, secrets: readonly string[]): string | undefined {
  let text = message.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
  for (const secret of secrets) if (secret.length >= 4) text = text.replaceAll(secret, '…');
  const clean = runsOf(text)
    .map((run) => (isLikeKey(run) ? '…' : run))
    .join('');
  if (clean === '') return undefined;
  return clean.length <= MAX_SHOWN
    ? clean
    : `${clean
        .slice(0, MAX_SHOWN - 1)
        .toWellFormed()
        .trimEnd()}…`;
}

/** Runs of signs that a key can have, and what stands between them. */
function runsOf(text: string): string[] {
  const runs: string[] = [];
  let run = '';
  let ofKey = false;
  for (const sign of text) {
    const is = KEY_SIGNS.test(sign);
    if (is !== ofKey && run !== '') {
      runs.push(run);
      run = '';
    }
    ofKey = is;
    run += sign;
  }
  return [...runs, run];
}

function isLikeKey(run: string): boolean {
  const lower = run.toLowerCase();
  if (KEY_STARTS.some((start) => lower.startsWith(start) && lower.length > start.length)) return true;
  if (run.includes('***')) return true;
  return run.length >= KEY_LENGTH && /[0-9]/.test(run) && /[A-Za-z]/.test(run) && !lower.includes('_tokens');
}
