import { userInfo } from 'node:os';
import { agentMode } from './agent/agent-mode.ts';
import { askMode, askName } from './ask.ts';
import { customerMode } from './customer/customer-mode.ts';
import { type Options, readOptions, USAGE, UsageError } from './options.ts';
import type { OpenScreen } from './screen/screen.ts';
import { openInkScreen } from './screen/screen-ink.ts';
import { openPlainScreen } from './screen/screen-plain.ts';
import { crowdMode } from './script/crowd.ts';
import { scriptedAgent, scriptedCustomer } from './script/script.ts';
import { supervisorMode } from './supervisor/supervisor-mode.ts';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  const person = Boolean(process.stdin.isTTY && process.stdout.isTTY) && !options.script;
  const mode = options.mode ?? (person ? await askMode(options.url) : undefined);
  if (mode === undefined) {
    if (person) return 130;
    throw new UsageError('--mode is needed when nobody can be asked');
  }
  if (!person && !options.script && (mode === 'customer' || mode === 'agent'))
    throw new UsageError(`without a terminal, --mode ${mode} needs to be told what to do, as with --say`);
  const input = person ? process.stdin : undefined;
  const open = person && !options.plain ? openInkScreen() : openPlainScreen({ input, output: process.stdout });
  return run({ ...options, mode }, person, open);
}

async function run(options: Options & { mode: string }, person: boolean, open: OpenScreen): Promise<number> {
  const { url, script, agentKey } = options;
  switch (options.mode) {
    case 'customer': {
      const name = await nameOr(options.name, person, 'Your id as a customer', `customer-${process.pid}`);
      if (name === undefined) return 130;
      return script ? scriptedCustomer({ url, name, script, open }) : customerMode({ url, userId: name, open });
    }
    case 'agent': {
      const name = await nameOr(options.name, person, 'Your name as an agent', userInfo().username);
      if (name === undefined) return 130;
      const { capacity } = options;
      return script
        ? scriptedAgent({ url, name, key: agentKey, script, open })
        : agentMode({ url, name, key: agentKey, open, ...(capacity !== undefined && { capacity }) });
    }
    case 'crowd':
      return crowdMode({ url, size: options.customers, withAgent: options.ownAgent, key: agentKey, open });
    default:
      return supervisorMode({ url, key: options.adminKey, once: !person, open });
  }
}

const nameOr = async (given: string | undefined, person: boolean, question: string, initial: string) =>
  given ?? (person ? await askName(question, initial) : initial);

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}. See --help.\n`);
  return 2;
});
