/**
 * Whether a secret is still the one of an example, such as `your_openai_api_key_here`, `sk-...` or `<key>`: a place
 * for a value, not a value. No server would accept it.
 */
export function isPlaceholder(secret: string): boolean {
  const text = secret.trim().toLowerCase();
  if (/^<[^>]*>$/.test(text) || /^(sk-)?(x+|[.]+|…|[*]+)$/.test(text)) return true;
  const words = text.split(/[^a-z]+/);
  return words.includes('your') || words.includes('changeme') || words.includes('placeholder');
}
