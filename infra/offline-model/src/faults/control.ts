import { z } from 'zod';
import { readConversation } from '../brain/conversation.ts';
import type { Reply } from '../brain/replies.ts';
import { type ChatRequest, check, isObject } from '../request/chat-request.ts';
import { behaviourOfModel, type ChosenBehaviour, findBehaviour, USUAL } from './behaviours.ts';

const asText = (given: unknown = {}): string => (typeof given === 'string' ? given : JSON.stringify(given));

const rule = z.object({
  /** A name of the behaviours' table, such as `stall-mid-stream` or `slow-first-token-5000`. Default: as usual. */
  behaviour: z
    .string()
    .default(USUAL.name)
    .transform((name, context) => {
      const chosen = findBehaviour(name);
      if (chosen === undefined) context.addIssue(`There is no behaviour "${name}". See the README's table.`);
      return chosen ?? USUAL;
    }),
  /** Says exactly this. `arguments` that are not a string are sent as JSON. */
  reply: z
    .object({
      text: z.string().default(''),
      toolCalls: z.array(z.object({ name: z.string(), arguments: z.unknown().transform(asText) })).default([]),
    })
    .optional(),
  /** For so many requests; without it, until the rules change. */
  times: z.int().positive().default(Infinity),
  /** Only for requests whose newest customer messages, or last instruction or data, contain this text. */
  whenIncludes: z.string().default(''),
});

/** What following requests are to meet. The first rule that fits a request is used. */
export type Rule = z.input<typeof rule>;

/** How many requests ended in each way. */
const NONE = { finished: 0, refused: 0, brokenOff: 0, clientLeft: 0 };
export type Outcome = keyof typeof NONE;

/** One request as it was seen, for tests. */
interface SeenRequest extends Pick<ChatRequest, 'model' | 'stream' | 'messages'> {
  readonly number: number;
  readonly behaviour: string;
  readonly tools: readonly string[];
  outcome: 'running' | Outcome;
  finishReason: string | null;
}

const REMEMBERED = 500;

export type Control = ReturnType<typeof createControl>;

/** What tests may change and read. Only an open one keeps messages: a server for people stores nothing they wrote. */
export function createControl(isOpen: boolean) {
  let rules: z.output<typeof rule>[] = [];
  const counts = { received: 0, running: 0, ...NONE };
  const requests: SeenRequest[] = [];
  const shown = { counts: counts as Readonly<typeof counts>, requests: requests as readonly SeenRequest[] };

  return {
    /** Whether `/control` answers. */
    isOpen,
    shown,

    /** Replaces all rules by one, or by those of `{rules: […]}`. @throws ApiError 400 that names what is wrong */
    setRules(body: unknown) {
      const given = isObject(body) && 'rules' in body ? body : { rules: [body] };
      rules = check(z.object({ rules: z.array(rule) }), given).rules;
      return shown;
    },

    /** Forgets rules, counts and requests. Requests that still run are counted when they end, never below zero. */
    reset() {
      rules = [];
      requests.length = 0;
      Object.assign(counts, NONE, { received: 0 });
      return shown;
    },

    /** What this request meets: a rule, else what its model's name says. */
    choose({ messages, model }: ChatRequest): { chosen: ChosenBehaviour; scripted?: Reply | undefined } {
      const { message, lastInstruction = '' } = readConversation(messages);
      const said = `${message}\n${lastInstruction}`;
      const met = rules.find(({ times, whenIncludes }) => times > 0 && said.includes(whenIncludes));
      if (met === undefined) return { chosen: behaviourOfModel(model) ?? USUAL };
      met.times -= 1;
      return { chosen: met.behaviour, scripted: met.reply };
    },

    /** Notes a request; the function given back notes, once, how it ended. */
    note({ model, stream, messages, tools }: ChatRequest, behaviour: string) {
      counts.received += 1;
      counts.running += 1;
      const about = { number: counts.received, model, stream, behaviour, messages };
      const names = tools.map(({ name }) => name);
      const seen: SeenRequest = { ...about, tools: names, outcome: 'running', finishReason: null };
      if (isOpen) requests.push(seen);
      if (requests.length > REMEMBERED) requests.shift();
      return (outcome: Outcome, finishReason: string | null = null): void => {
        if (seen.outcome !== 'running') return;
        Object.assign(seen, { outcome, finishReason });
        counts.running -= 1;
        counts[outcome] += 1;
      };
    },
  };
}
