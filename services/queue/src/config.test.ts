import { ConfigError, readConfig } from '@baton/runtime';
import { expect, it } from 'vitest';
import { queueConfig } from './config.ts';

it('has a value for everything but the password', () => {
  expect(readConfig(queueConfig, {})).toMatchObject({
    REDIS_URL: 'redis://127.0.0.1:6379',
    REDIS_PREFIX: 'chat:',
    HEALTH_PORT: 3012,
    AGENT_GRACE_MS: 30_000,
    COMPARE_EVERY_MS: 3_000,
    AUTO_ASSIGN: false,
    QUEUE_AGEING_SECONDS: 600,
  });
  expect(readConfig(queueConfig, { QUEUE_AGEING_SECONDS: '' }).QUEUE_AGEING_SECONDS).toBe(600);
  expect(readConfig(queueConfig, { QUEUE_AGEING_SECONDS: '0' }).QUEUE_AGEING_SECONDS).toBe(0);
});

it.each([
  ['REDIS_URL', 'http://localhost', 'begins with redis:// or rediss://'],
  ['COMPARE_EVERY_MS', '60000', 'at most 4000'],
  ['QUEUE_AGEING_SECONDS', 'soon', 'whole number from 0'],
  ['AUTO_ASSIGN', 'maybe', 'true or false'],
])('refuses a wrong %s in one line that names it', (name, value, why) => {
  const reading = () => readConfig(queueConfig, { [name]: value });
  expect(reading).toThrow(ConfigError);
  expect(reading).toThrow(name);
  expect(reading).toThrow(why);
});
