// `pnpm redis:cli`: a prompt at the Redis that REDIS_URL names; with arguments, that one command. It is redis-cli
// where this machine has it, else a prompt of our own.
import { execa } from 'execa';
import { findProgram } from '../provision/programs.ts';
import { redisCli } from '../redis-prompt/program.ts';
import { ownPrompt } from '../redis-prompt/prompt.ts';

const url = process.env.REDIS_URL;
if (url === undefined) throw new Error('REDIS_URL is not set; run this as `pnpm redis:cli`');
const words = process.argv.slice(2);

// Ctrl-C belongs to redis-cli, which leaves MONITOR on it and continues.
process.on('SIGINT', () => {});
const program = process.env.BATON_REDIS_CLI === 'own' ? undefined : await findProgram('redis-cli');
if (program === undefined) {
  process.exitCode = await ownPrompt({ url, password: process.env.REDIS_PASSWORD, words });
} else {
  const { args, env } = redisCli(url, process.env);
  const done = await execa(program, [...args, ...words], { env, stdio: 'inherit', reject: false });
  process.exitCode = done.exitCode ?? 1;
}
