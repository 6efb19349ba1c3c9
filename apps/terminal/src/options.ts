import { parseArgs } from 'node:util';

export const modes = ['customer', 'agent', 'crowd', 'supervisor'] as const;
export type Mode = (typeof modes)[number];

export interface Options {
  url: string;
  /** Not given: ask. */
  mode: Mode | undefined;
  name: string | undefined;
  customers: number;
  capacity: number | undefined;
  ownAgent: boolean;
  agentKey: string | undefined;
  adminKey: string | undefined;
  plain: boolean;
  script: Script | undefined;
}

/** What to do without anybody in front of it. */
export interface Script {
  say: string[];
  human: boolean;
  waitAgent: boolean;
  take: boolean;
  close: boolean;
  stay: boolean;
  timeoutMs: number;
}

export const DEFAULT_URL = 'http://localhost:3001';

export const USAGE = `A terminal client for Baton.

  pnpm test:client [URL] [options]

URL is a gateway; without it BATON_URL, or else ${DEFAULT_URL}.
AGENT_KEY and ADMIN_KEY are sent where an installation asks for them.

  --mode customer|agent|crowd|supervisor   asked when left out
  --name NAME          who you are: the customer's id, or the agent's name
  --capacity N         agent: most chats at once
  --customers N        crowd: how many (6)
  --no-agent           crowd: bring no agent; show the order in which others take them
  --plain              lines without colours and redrawing; so it is anyway when the output is no terminal

Without anybody in front of it:
  --say TEXT           say it; may be repeated, each waits for the answer to the one before
  --human              customer: ask for a human when all is said
  --wait-agent         customer: wait until an agent is there, and for its first words
  --take               agent: take the next chat, waiting until there is one
  --close              end the chat when all is done
  --stay               go on showing what happens until Ctrl-C
  --timeout SECONDS    most to wait for each thing (60); then the exit code is 1
  supervisor does without questions what --plain shows: health, statistics and queue, once
`;

export class UsageError extends Error {}

/** Reads arguments and environment. Throws a UsageError with one line that names what is wrong. */
export function readOptions(args: string[], env: Record<string, string | undefined>): Options | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  if (positionals.length > 1) throw new UsageError(`One URL at most, not: ${positionals.join(' ')}`);
  const url = positionals[0] ?? (env.BATON_URL || DEFAULT_URL);
  if (!URL.canParse(url) || !/^(https?|wss?):$/.test(new URL(url).protocol))
    throw new UsageError(`${url} is not a URL such as ${DEFAULT_URL}`);
  // Its name until 0.1.
  const wanted = values.mode === 'operator' ? 'supervisor' : values.mode;
  const mode = modes.find((one) => one === wanted);
  if (values.mode !== undefined && mode === undefined) throw new UsageError(`--mode is one of ${modes.join(', ')}`);

  const scripted = ['say', 'human', 'wait-agent', 'take', 'close', 'stay'] as const;
  const script = scripted.some((name) => values[name] !== undefined);
  if (script && mode !== 'customer' && mode !== 'agent')
    throw new UsageError(
      `--${scripted.find((name) => values[name] !== undefined)} needs --mode customer or --mode agent`,
    );
  return {
    url,
    mode,
    name: values.name,
    customers: whole('customers', values.customers, 1, 50) ?? 6,
    capacity: whole('capacity', values.capacity, 1, 100),
    ownAgent: !values['no-agent'],
    agentKey: env.AGENT_KEY || undefined,
    adminKey: env.ADMIN_KEY || undefined,
    plain: values.plain ?? false,
    script: script
      ? {
          say: values.say ?? [],
          human: values.human ?? false,
          waitAgent: values['wait-agent'] ?? false,
          take: values.take ?? false,
          close: values.close ?? false,
          stay: values.stay ?? false,
          timeoutMs: (whole('timeout', values.timeout, 1, 86_400) ?? 60) * 1_000,
        }
      : undefined,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      // Scripts of package managers pass on the dashes that end their own options.
      args: args[0] === '--' ? args.slice(1) : args,
      allowPositionals: true,
      options: {
        mode: { type: 'string' },
        name: { type: 'string' },
        capacity: { type: 'string' },
        customers: { type: 'string' },
        'no-agent': { type: 'boolean' },
        plain: { type: 'boolean' },
        say: { type: 'string', multiple: true },
        human: { type: 'boolean' },
        'wait-agent': { type: 'boolean' },
        take: { type: 'boolean' },
        close: { type: 'boolean' },
        stay: { type: 'boolean' },
        timeout: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, text: string | undefined, low: number, high: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < low || value > high)
    throw new UsageError(`--${name} is a whole number from ${low} to ${high}, not ${text}`);
  return value;
}
