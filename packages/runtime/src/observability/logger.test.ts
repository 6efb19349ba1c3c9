import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const program = `
  import { createLog, inTrace } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
  const log = createLog({ service: 'test', instance: 'test-1', level: 'info' });
  inTrace(undefined, () => log.info({ sessionId: 's', token: 'SECRET', message: { content: 'SECRET' } }, 'hello'));
`;

it('[S5] writes ids, and neither tokens nor message texts', () => {
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  const line = JSON.parse(run.stdout);
  expect(line).toMatchObject({ level: 'info', service: 'test', instance: 'test-1', sessionId: 's', msg: 'hello' });
  expect(line.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(run.stdout).not.toContain('SECRET');
});
