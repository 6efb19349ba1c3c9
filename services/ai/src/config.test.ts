import { readConfig } from '@baton/runtime';
import { expect, it } from 'vitest';
import { aiConfig } from './config.ts';

const OFFLINE = 'http://offline-model:3014/v1';
const offline = { OPENAI_API_KEY: 'offline', OPENAI_BASE_URL: OFFLINE, OPENAI_MODEL: 'baton-offline' };
const read = (env: Record<string, string>) => readConfig(aiConfig, env);

it('uses the offline model while neither a key nor an endpoint is set', () => {
  expect(read({ OFFLINE_MODEL_URL: OFFLINE })).toMatchObject({ ...offline, keyIsPlaceholder: false });
  const model = { OFFLINE_MODEL_URL: OFFLINE, OPENAI_MODEL: 'gpt-4.1-mini', OPENAI_API_KEY: '' };
  expect(read(model)).toMatchObject(offline);
});

it("takes the guide's placeholder for no key, and says so", () => {
  const env = { OFFLINE_MODEL_URL: OFFLINE, OPENAI_API_KEY: 'your_openai_api_key_here' };
  expect(read(env)).toMatchObject({ ...offline, keyIsPlaceholder: true });
});

it('uses OpenAI with a key, and an endpoint with any', () => {
  const real = read({ OFFLINE_MODEL_URL: OFFLINE, OPENAI_API_KEY: 'sk-proj-9fK2' });
  expect(real).toMatchObject({ OPENAI_API_KEY: 'sk-proj-9fK2', OPENAI_MODEL: 'gpt-4.1-mini' });
  expect(real.OPENAI_BASE_URL).toBeUndefined();
  const endpoint = { OPENAI_BASE_URL: 'http://localhost:11434/v1', OPENAI_API_KEY: 'your_openai_api_key_here' };
  expect(read({ OFFLINE_MODEL_URL: OFFLINE, ...endpoint })).toMatchObject(endpoint);
});

it('[S9] reads the kinds to redact', () => {
  const redact = (REDACT: string) => read({ ...offline, REDACT }).REDACT;
  expect(redact('all')).toEqual(['email', 'phone', 'card', 'iban', 'key']);
  expect(redact('card, iban')).toEqual(['card', 'iban']);
  expect(redact('none')).toEqual([]);
  expect(read(offline).REDACT).toBeUndefined();
  for (const wrong of ['cards', 'card,', 'card,none']) expect(() => redact(wrong)).toThrow('REDACT: must be some of');
});

it('does not start without a model, and does not repeat the key', () => {
  expect(() => read({})).toThrow('OPENAI_API_KEY: must be set, unless OPENAI_BASE_URL names an endpoint');
  expect(() => read({ OPENAI_API_KEY: 'your_openai_api_key_here' })).toThrow(
    'OPENAI_API_KEY: is the placeholder of an example, not a key; it must be set',
  );
});
