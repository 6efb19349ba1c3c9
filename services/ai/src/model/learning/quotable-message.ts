const MAX_SHOWN = 240;
/** Characters of keys. A run this long with letters and digits may be a key. */
const KEY_SIGNS = /[A-Za-z0-9_*…-]/;
const KEY_LENGTH = 20;
const KEY_STARTS = ['sk-', 'sk_', 'key-', 'gsk_', 'xai-', 'aiza', 'hf_', 'nvapi-', 'pplx-', 'bearer'];

/**
 * The endpoint's message, for operators: short, on one line, and without anything that may be a key or part of one.
 * Shown only for requests without customer data, because many endpoints quote what they reject.
 */
export function quotableMessage(message: string, secrets: readonly string[]): string | undefined {
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

/** Runs of characters that keys can have, and the text between them. */
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
