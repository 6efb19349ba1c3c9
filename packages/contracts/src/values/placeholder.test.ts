import { expect, it } from 'vitest';
import { isPlaceholder } from './placeholder.ts';

it.each([
  'your_openai_api_key_here',
  'your-api-key',
  'YOUR_KEY',
  'sk-your-key-here',
  'sk-...',
  'sk-xxxx',
  '<your key>',
  '<key>',
  'changeme',
  'xxxxxxxx',
])('%s stands for a key', (text) => {
  expect(isPlaceholder(text)).toBe(true);
});

it.each(['sk-proj-9fK2yourT0', 'ollama', 'offline', 'key', 'none', 'sk-x8f0', 'gsk_4xx'])('%s may be a key', (text) => {
  expect(isPlaceholder(text)).toBe(false);
});
