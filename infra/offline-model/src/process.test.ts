import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { startOfflineModel } from './index.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], { env: { PATH: process.env.PATH, ...env } });
  children.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (output.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output.stderr += data.toString()));
  return { child, output };
}

async function readyUrl({ child, output }: ReturnType<typeof run>): Promise<string> {
  while (!output.stdout.includes('\n')) await once(child.stdout, 'data');
  const url = /ready: (\S+)/.exec(output.stdout)?.[1];
  if (url === undefined) throw new Error(`no ready line: ${output.stdout}${output.stderr}`);
  return url;
}

describe('the process', () => {
  it('says that it is ready and where, lets an answer finish at SIGTERM, and exits with 0', async () => {
    const started = run({ PORT: '0', TOKENS_PER_SECOND: '100' });
    const url = await readyUrl(started);
    expect(started.output.stdout).toMatch(
      /^offline model ready: http:\/\/127\.0\.0\.1:\d+\/v1 \(model baton-offline, \d+ sections of knowledge\)\n$/,
    );
    const body = JSON.stringify({
      model: 'baton-offline',
      stream: true,
      messages: [{ role: 'user', content: 'when are you open?' }],
    });
    const response = await fetch(`${url}/chat/completions`, { method: 'POST', body });
    const exited = once(started.child, 'exit');
    started.child.kill('SIGTERM');
    expect(await response.text()).toContain('[DONE]');
    expect(await exited).toEqual([0, null]);
    expect(started.output.stderr).toBe('');
  });

  it.each([
    [{ PORT: 'x' }, 'PORT must be a whole number from 0 to 65535, but is "x"'],
    [{ TOKENS_PER_SECOND: '-1' }, 'TOKENS_PER_SECOND must be a number from 0 to 99999, but is "-1"'],
    [{ CONTROL: 'maybe' }, 'CONTROL must be true or false, but is "maybe"'],
    [{ PORT: '0', KNOWLEDGE_DIR: '/nowhere' }, 'KNOWLEDGE_DIR is not a folder: "/nowhere"'],
  ])('stops with one line that names the wrong value: %j', async (env, line) => {
    const { child, output } = run(env);
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(output.stderr).toBe(`offline model: ${line}\n`);
  });

  it('says so when its port is taken', async () => {
    const first = await startOfflineModel();
    try {
      const { child, output } = run({ PORT: String(first.port) });
      expect(await once(child, 'close')).toEqual([1, null]);
      expect(output.stderr).toContain(`PORT ${first.port} on 127.0.0.1 is taken`);
    } finally {
      await first.close();
    }
  });

  it('ends what does not end by itself when it is closed', async () => {
    const model = await startOfflineModel();
    const body = JSON.stringify({ model: 'offline/babble', stream: true, messages: [{ role: 'user', content: 'x' }] });
    const response = await fetch(`${model.baseUrl}/chat/completions`, { method: 'POST', body });
    await model.close(50);
    await expect(response.text()).rejects.toThrow();
    await expect(fetch(`${model.url}/health`)).rejects.toThrow();
  });
});
