import { expect, it } from 'vitest';
import { countTokens, rememberCounts } from './tokens.ts';

it('special tokens count as text, and no text takes long to count', () => {
  expect(countTokens('Say <|endoftext|> to me')).toBeGreaterThan(4);
  const start = performance.now();
  countTokens('你好世界我们'.repeat(2_730));
  expect(performance.now() - start).toBeLessThan(500);
});

it('caches counts, and evicts the least recently used', () => {
  const counted: string[] = [];
  const count = rememberCounts((text) => {
    counted.push(text);
    return text.length;
  }, 2);
  expect(['prompt', 'a', 'prompt', 'bb', 'prompt', 'a'].map(count)).toEqual([6, 1, 6, 2, 6, 1]);
  expect(counted).toEqual(['prompt', 'a', 'bb', 'a']);
});
