import { cancel, intro, isCancel, select, text } from '@clack/prompts';
import type { Mode } from './options.ts';

/** Asks which part to play, and as whom. Undefined when the person gave up. */
export async function askMode(url: string): Promise<Mode | undefined> {
  intro(`Baton at ${url}`);
  const mode = await select<Mode>({
    message: 'Who are you?',
    options: [
      { value: 'customer', label: 'A customer', hint: 'chat with the bot, ask for a human' },
      { value: 'agent', label: 'An agent', hint: 'take chats from the queue' },
      { value: 'crowd', label: 'A crowd', hint: 'several customers of different priorities' },
      { value: 'supervisor', label: 'A supervisor', hint: 'health, statistics, the queue' },
    ],
  });
  return answered(mode);
}

export async function askName(message: string, initial: string): Promise<string | undefined> {
  const name = await text({
    message,
    defaultValue: initial,
    placeholder: initial,
    validate: (value) => ((value ?? '').length > 80 ? 'At most 80 characters.' : undefined),
  });
  return answered(name);
}

function answered<Value>(value: Value): Exclude<Value, symbol> | undefined {
  // The only symbol there is stands for giving up.
  if (!isCancel(value)) return value as Exclude<Value, symbol>;
  cancel('Nothing was started.');
  return undefined;
}
