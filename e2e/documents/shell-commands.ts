import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '@baton/contracts';
import type { z } from 'zod';
import { ROOT } from './code-blocks.ts';

const scripts = new Set(Object.keys(packageJson('package.json').scripts ?? {}));
const compose = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
const explained = new Set(
  [...readFileSync(join(ROOT, '.env.example'), 'utf8').matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(
    ([, name]) => name,
  ),
);
/** pnpm's own commands, which are no scripts of ours. */
const OF_PNPM = new Set(['install', 'exec', 'add', 'update', 'dlx', 'pack']);
/** And npm's. */
const OF_NPM = new Set(['ci', 'install']);
/** Of the people who run Baton, and not checked here. */
const USUAL = new Set(
  'cat cd cp curl docker echo git grep gunzip gzip helm jq kill kubectl ls mkdir mv node npx psql pg_dump pg_restore redis-cli rm sh sleep sudo tail tar'.split(
    ' ',
  ),
);
const endpoints = new Map<string, z.ZodType>(
  catalogue.services.flatMap((api) =>
    Object.entries(api.endpoints).map(([key, { request }]) => [`chat.${api.name}.${key}`, request] as const),
  ),
);
const NATS_MICRO = /^(ls|list|(info|stats)( (session|queue|ai|gateway))?)$/;
/** Stands for an id of the reader's own. */
const SOME_ID = '01980000-0000-7000-8000-000000000000';

/** A command ends with its line, unless a quotation or a backslash goes on. */
export function commandsOf(text: string): string[] {
  const commands: string[] = [];
  let open = '';
  for (const line of text.replaceAll('\\\n', ' ').split('\n')) {
    open = open === '' ? line : `${open} ${line}`;
    if (open.replace(/#.*$/, '').split("'").length % 2 === 0) continue;
    commands.push(open);
    open = '';
  }
  return open === '' ? commands : [...commands, open];
}

/** What is wrong with a line of a shell block; undefined when everything that it names is there. */
export function faultOfCommand(line: string): string | undefined {
  const words = wordsOf(line);
  while (/^[A-Z][A-Z0-9_]*=/.test(words[0] ?? '')) {
    const name = words.shift()?.split('=')[0] ?? '';
    if (!explained.has(name)) return `.env.example does not explain ${name}`;
  }
  const [program = '', ...rest] = words;
  switch (program) {
    case '':
      return undefined;
    case 'npm':
    case 'pnpm':
      return faultOfScript(program, rest);
    case 'nats':
      return faultOfNats(rest);
    case 'docker-compose':
    case 'infra/docker/compose.sh':
      return faultOfCompose(rest);
    default:
      if (program.startsWith('infra/') || program.startsWith('./'))
        return existsSync(join(ROOT, program)) ? undefined : `${program} does not exist`;
      return USUAL.has(program) ? undefined : `nobody has checked what ${program} is`;
  }
}

function faultOfScript(program: string, words: readonly string[]): string | undefined {
  let names = scripts;
  let rest = words.filter((word) => word !== 'run' && word !== '--silent');
  if (rest[0] === '--filter') {
    const folder = ['apps', 'packages', 'services', 'infra']
      .map((kind) => `${kind}/${rest[1]?.replace('@baton/', '')}/package.json`)
      .find((path) => existsSync(join(ROOT, path)));
    if (folder === undefined) return `there is no package ${rest[1]}`;
    names = new Set(Object.keys(packageJson(folder).scripts ?? {}));
    rest = rest.slice(2);
  }
  const [script = ''] = rest;
  if (script === '…') return undefined;
  if (names.has(script) || (program === 'pnpm' && OF_PNPM.has(script)) || (program === 'npm' && OF_NPM.has(script)))
    return undefined;
  return `there is no script ${JSON.stringify(script)}`;
}

function faultOfNats(words: readonly string[]): string | undefined {
  const [command, subject = '', payload = ''] = words.filter((word) => !word.startsWith('-'));
  if (command === 'micro') return NATS_MICRO.test(words.slice(1).join(' ')) ? undefined : 'no such service';
  if (command === 'sub' || command === 'context' || command === 'stream') return undefined;
  if (command !== 'req' && command !== 'request') return `nobody has checked nats ${command}`;
  const request = endpoints.get(subject);
  if (request === undefined) return `the contract has no ${subject}`;
  let input: unknown;
  try {
    input = JSON.parse(payload.replaceAll('"…"', `"${SOME_ID}"`));
  } catch {
    return `${payload} is not JSON`;
  }
  const parsed = request.safeParse(input);
  return parsed.success ? undefined : `${subject} does not take ${payload}: ${parsed.error.message}`;
}

function faultOfCompose(words: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    const value = words[index + 1] ?? '';
    const service = word === '--scale' ? value.split('=')[0] : undefined;
    if (service !== undefined && !new RegExp(`^  ${service}:$`, 'm').test(compose)) return `no service ${service}`;
    if (word === '--profile' && !compose.includes(`profiles: [${value}]`)) return `no profile ${value}`;
  }
  return undefined;
}

/** Quoted words stay whole; a comment, and what a pipe leads to, is left out. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([whole, single, double]) => ({
    whole,
    text: single ?? double ?? whole,
  }));
  const end = words.findIndex(({ whole }) => /^[#|]/.test(whole) || whole === '&&' || whole === '>');
  return words.slice(0, end === -1 ? undefined : end).map(({ text }) => text);
}

function packageJson(path: string): { scripts?: Record<string, string> } {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as { scripts?: Record<string, string> };
}
