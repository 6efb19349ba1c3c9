import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { capabilitySettings, unknownCapabilities } from './capabilities.ts';
import { knownCapabilities } from './known-providers.ts';

const known = (baseUrl: string, model = 'm', provider?: string) =>
  knownCapabilities({ baseUrl: new URL(baseUrl), model, provider });

it.each([
  ['https://api.openai.com/v1', 'openai', { limit: 'max_completion_tokens', trial: false }],
  ['https://shop.openai.azure.com/openai/v1', 'azure', { limit: 'max_completion_tokens' }],
  ['https://api.mistral.ai/v1', 'mistral', { without: ['stream_options'], shortIds: true }],
  ['http://gpu.internal:11434/v1', 'ollama', { loadMs: 120_000, trial: true }],
  ['http://localhost:8000/v1', 'vllm', { loadMs: 0 }],
  ['https://api.openai.com.example/v1', 'api.openai.com.example', { trial: true, limit: 'max_tokens' }],
  ['http://10.0.0.7:9999/v1', '10.0.0.7:9999', { trial: true, beginsWithThoughts: undefined }],
])('%s is known as %s', (url, provider, can) => expect(known(url)).toMatchObject({ provider, ...can }));

it.each([
  ['o3-mini', 4_000],
  ['openai/o1', 4_000],
  ['gpt-5-mini', 4_000],
  ['deepseek-r1:14b', 4_000],
  ['qwen3-30b-a3b-thinking-2507', 4_000],
  ['gpt-4.1-mini', 0],
  ['solo1', 0],
])('%s: %i tokens for thoughts', (model, tokens) => expect(known('http://h/v1', model).thoughtTokens).toBe(tokens));

it('a model whose template opens its thoughts is held back from the first answer on', () => {
  expect(known('http://localhost:8000/v1', 'deepseek-ai/DeepSeek-R1').beginsWithThoughts).toBe(true);
  // A host that tells thoughts from words itself.
  expect(known('https://api.deepseek.com', 'deepseek-r1').beginsWithThoughts).toBe(false);
});

it('what an operator may set is all that differs, and docs/models.md explains it', () => {
  const names = Object.keys(capabilitySettings.shape);
  const own = ['provider', 'loadMs', 'path'];
  expect([...names, ...own].sort()).toEqual(Object.keys(unknownCapabilities).sort());
  const documented = readFileSync(new URL('../../../../../docs/models.md', import.meta.url), 'utf8');
  for (const name of names) expect(documented).toContain(`\`${name}\``);
});
