import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';

const runtime = JSON.stringify(new URL('../index.ts', import.meta.url).href);
const program = (body: string) => `
  import { commonConfig, env, runService } from ${runtime};
  await runService({ name: 'test', config: commonConfig.extend({ PORT: env.port(3001) }) }, async ({ log, release }) => {
    const wait = setInterval(() => {}, 1_000);
    release('first', () => { log.info('released first'); clearInterval(wait); });
    release('second', async () => { await new Promise((r) => setTimeout(r, 50)); log.info('released second'); });
    ${body}
  });
`;

async function run(
  body: string,
  env: NodeJS.ProcessEnv = {},
  onLine: (line: string, kill: () => void) => void = () => {},
) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(body)], {
    env: { ...process.env, ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  child.stdout.on('data', (data) => {
    stdout += data;
    for (const line of String(data).split('\n')) onLine(line, () => child.kill('SIGTERM'));
  });
  const [code] = await once(child, 'close');
  return {
    code,
    stderr,
    messages: stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).msg),
  };
}

it('[O1] on SIGTERM releases in reverse order, each awaited, and exits with 0', async () => {
  const { code, messages } = await run('', {}, (line, kill) => line.includes('test is up') && kill());
  expect(messages).toEqual(['test is up', 'stopping', 'released second', 'released first', 'stopped']);
  expect(code).toBe(0);
});

it('releases what it had acquired when the start fails', async () => {
  const { code, messages } = await run('throw new Error("no");');
  expect(messages).toEqual(['test cannot start', 'released second', 'released first']);
  expect(code).toBe(1);
});

it('says in one line which variable it cannot start with', async () => {
  const { code, stderr } = await run('', { PORT: 'abc' });
  expect(stderr).toBe('test cannot start: PORT: must be a port. See .env.example.\n');
  expect(code).toBe(78);
});

it('logs a fault that nobody caught, and leaves', async () => {
  const { code, messages } = await run('setTimeout(() => { throw new Error("lost"); }, 10);');
  expect(messages).toContain('a fault that nobody caught; leaving');
  expect(code).toBe(1);
});
