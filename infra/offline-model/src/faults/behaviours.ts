import { readConversation } from '../brain/conversation.ts';
import { fillForm } from '../brain/form.ts';
import { type Reply, say } from '../brain/replies.ts';
import { openToolbox } from '../brain/tools.ts';
import type { ErrorDetail } from '../http/api-error.ts';
import type { Prompt } from '../request/chat-request.ts';
import table from './behaviours.json' with { type: 'json' };

/** One way of misbehaving on purpose. What is left out goes as usual. */
interface Behaviour {
  /** For the README's table and the list of models. */
  readonly does: string;
  /** What the number is with which the name ends, as in `slow-first-token-5000`. */
  readonly parameter?: string;
  /** What happens instead of an answer: nothing until the client leaves, a closed connection, or an error. */
  readonly instead?: string;
  readonly error?: ErrorDetail & { readonly status: number; readonly message: string };
  /** What is said instead of the reply: the `text`, `half` of the reply, `no end`, or an `echo`. */
  readonly says?: string;
  readonly text?: string;
  /** The calls of a tool that is offered; what is left out in one is made up as it should be. */
  readonly calls?: readonly Partial<Reply['toolCalls'][number]>[];
  /** Only while no tool has been called in this turn. */
  readonly once?: boolean;
  /** Calls another tool than the transfer, if there is one. */
  readonly avoidsTransfer?: boolean;
  /** What happens after half of the reply: `stall`, `cut`, `end` or `error`. */
  readonly midStream?: string;
  readonly finishReason?: string;
}

/** Every behaviour by name: the only way to make the offline model fail. The README shows this table. */
export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = table;
export const DEFAULT_MODEL = 'baton-offline';
const FAULT_PREFIX = 'offline/';

/** The model ids: the default, and one for each behaviour (with an example where it takes a number). */
export const MODELS: readonly string[] = [
  DEFAULT_MODEL,
  ...Object.entries(BEHAVIOURS).map(([name, { parameter }]) => FAULT_PREFIX + name + (parameter ? '-500' : '')),
];

/** `name` as it was asked for: `slow-first-token-5000`; `usual` for none. */
export type ChosenBehaviour = Behaviour & { readonly name: string; readonly number: number };

export const USUAL: ChosenBehaviour = { name: 'usual', does: 'answers as well as it can', number: 0 };

/** Finds a behaviour by its name, with its number where it has one; undefined when there is none of that name. */
export function findBehaviour(name: string): ChosenBehaviour | undefined {
  if (name === USUAL.name) return USUAL;
  const [, stem = name, digits] = /^(.+)-(\d{1,7})$/.exec(name) ?? [];
  const behaviour = Object.hasOwn(BEHAVIOURS, stem) ? BEHAVIOURS[stem] : undefined;
  if (behaviour === undefined || (behaviour.parameter === undefined) !== (digits === undefined)) return undefined;
  return { ...behaviour, name, number: Number(digits ?? 0) };
}

/** The behaviour a model's name asks for; undefined when there is no such model. */
export function behaviourOfModel(model: string): ChosenBehaviour | undefined {
  if (model === DEFAULT_MODEL) return USUAL;
  return model.startsWith(FAULT_PREFIX) ? findBehaviour(model.slice(FAULT_PREFIX.length)) : undefined;
}

/** What is said under this behaviour. A request that offers no tool is never answered with a call. */
export function misbehave(behaviour: Behaviour, prompt: Prompt, usual: Reply): Reply {
  const { says, text = '', calls, once, avoidsTransfer } = behaviour;
  const { message, burst } = readConversation(prompt.messages);
  if (says === 'text') return say(text);
  if (says === 'half') return say(usual.text.slice(0, Math.ceil(usual.text.length / 2)), usual.toolCalls);
  if (says === 'echo') return say(burst.length === 0 ? 'Hello!' : `You said: ${burst.join(' ')}`);
  if (calls === undefined || (once && prompt.messages.at(-1)?.role === 'tool')) return usual;
  const { transfer, search, poem, others } = openToolbox(prompt);
  const order = avoidsTransfer ? [search, others[0], poem, transfer] : [transfer, search, poem, others[0]];
  const tool = order.find((candidate) => candidate !== undefined);
  if (tool === undefined) return usual;
  const facts = { message, reason: 'Fault injection.', priority: 'normal', summary: message, topic: 'loops' };
  const usualCall = { name: tool.name, arguments: JSON.stringify(fillForm(tool.parameters, facts).value) };
  return say(
    text,
    calls.map((call) => ({ ...usualCall, ...call })),
  );
}
