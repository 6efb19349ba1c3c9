import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeBaton, startFakeBaton } from '../test/fake-baton.ts';
import { until } from '../test/until.ts';

let baton: FakeBaton;
beforeEach(async () => {
  baton = await startFakeBaton();
});
afterEach(() => baton.stop());

/** The program as a script runs it: no terminal, nothing to read. */
function run(...args: string[]) {
  const main = join(import.meta.dirname, './main.ts');
  const child = spawn(process.execPath, [main, baton.url, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const program = { output: '', exit: Promise.withResolvers<number | null>() };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      program.output += data.toString();
    });
  child.on('close', program.exit.resolve);
  return program;
}

describe('the program without anybody in front of it', { timeout: 90_000 }, () => {
  it('plays a customer: says its lines one after the answer to the other, asks for a human, waits, ends', async () => {
    const customer = run(
      '--mode',
      'customer',
      '--name',
      'carol',
      '--say',
      'one',
      '--say',
      'two',
      '--human',
      '--wait-agent',
      '--close',
    );
    await until('one is said', () => baton.log.length === 2, 30_000);
    baton.say('bot', 'first answer');
    await until('two is said', () => baton.log.length === 4);
    baton.say('bot', 'second\nanswer');
    await until('it waits', () => baton.log.length === 6);
    baton.change('agent', 'agent_assigned', 'Ada has joined the chat.');
    baton.say('agent', 'Hello Carol', { senderName: 'Ada' });
    expect(await customer.exit.promise, customer.output).toBe(0);
    expect(customer.output.split('\n').slice(1)).toEqual([
      'you: one',
      'bot: first answer',
      'you: two',
      'bot: second',
      '     answer',
      '* You asked for a human.',
      '* You’re chatting with Ada.',
      'Ada: Hello Carol',
      '* You ended the chat.',
      '',
    ]);
  });

  it('plays an agent: takes the next in line, speaks, closes', async () => {
    const customer = run('--mode', 'customer', '--human', '--stay');
    await until('it waits', () => baton.log.length === 2, 30_000);
    const agent = run('--mode', 'agent', '--name', 'Ada', '--take', '--say', 'hello', '--close');
    expect(await agent.exit.promise).toBe(0);
    expect(await customer.exit.promise).toBe(0);
    expect(agent.output).toContain('so far: The lamp is broken.');
    expect(customer.output).toContain('agent: hello');
  });

  it('gives up when nothing comes in time, says what for, and exits with 1', async () => {
    const customer = run('--mode', 'customer', '--say', 'anybody?', '--timeout', '1');
    expect(await customer.exit.promise).toBe(1);
    expect(customer.output).toContain('Waited 1 s for an answer to “anybody?”; nothing came.');
  });

  it('names a mistake in one line and exits with 2', async () => {
    const program = run('--mode', 'king');
    expect(await program.exit.promise).toBe(2);
    expect(program.output).toBe('--mode is one of customer, agent, crowd, supervisor. See --help.\n');
  });

  it('says that it needs to be told what to do', async () => {
    const program = run('--mode', 'customer');
    expect(await program.exit.promise).toBe(2);
    expect(program.output).toContain('needs to be told what to do');
  });
});
