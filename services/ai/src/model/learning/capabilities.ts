import { z } from 'zod';

/**
 * What an endpoint and its model support, as far as requests and answers differ. One record, from the table of known
 * providers, the operator's settings, and what the endpoint rejects or shows.
 */
export interface Capabilities {
  /** The name of the provider, for people. */
  provider: string;
  /** The parameter that limits the length of an answer. */
  limit: 'max_tokens' | 'max_completion_tokens' | 'none';
  /** Parameters that the endpoint rejects. */
  without: readonly string[];
  /** Tools are a parameter of the request, or are described in the prompt and called in the text. */
  tools: 'offered' | 'described';
  /** Schemas of tools are reduced to what all endpoints support. */
  simpleSchemas: boolean;
  /**
   * Any order of messages; or one system message first, then user and assistant strictly in turn, the user first; or
   * the same without a system message.
   */
  order: 'any' | 'strict' | 'strict_without_system';
  /** The role of the system prompt. */
  instructions: 'system' | 'developer';
  /** Results of tools are messages of their own, or part of a user message. */
  results: 'messages' | 'words';
  /** Ids of calls must have nine letters or digits. */
  shortIds: boolean;
  /** A message that only calls tools has an empty text, instead of none. */
  emptyText: boolean;
  /** The model's thoughts must be sent back with its calls. */
  returnsThoughts: boolean;
  /** Streams answers. */
  streams: boolean;
  /** Most tokens of a request: half of one that was too long. */
  contextTokens: number | undefined;
  /** Most tokens of an answer. */
  answerTokens: number | undefined;
  /** Tokens that thoughts need besides the answer. */
  thoughtTokens: number;
  /** Answers begin with thoughts that have an end mark only. Undefined: not known yet. */
  beginsWithThoughts: boolean | undefined;
  /** Gives a finish reason with each answer. Undefined: not known yet. */
  saysHowItEnds: boolean | undefined;
  /** How long a loading model is waited for; 0 where models are always loaded. */
  loadMs: number;
  /** A path to add before `/chat/completions`. */
  path: string;
  /** A trial answer may be requested at the start, to learn all this before the first customer. */
  trial: boolean;
}

export const unknownCapabilities: Capabilities = {
  provider: 'unknown',
  limit: 'max_tokens',
  without: [],
  tools: 'offered',
  simpleSchemas: false,
  order: 'any',
  instructions: 'system',
  results: 'messages',
  shortIds: false,
  emptyText: false,
  returnsThoughts: false,
  streams: true,
  contextTokens: undefined,
  answerTokens: undefined,
  thoughtTokens: 0,
  beginsWithThoughts: undefined,
  saysHowItEnds: undefined,
  loadMs: 0,
  path: '',
  trial: true,
};

/** What an operator may set, as JSON. */
export const capabilitySettings = z.strictObject({
  limit: z.enum(['max_tokens', 'max_completion_tokens', 'none']).optional(),
  without: z.array(z.string().max(64)).max(32).optional(),
  tools: z.enum(['offered', 'described']).optional(),
  simpleSchemas: z.boolean().optional(),
  order: z.enum(['any', 'strict', 'strict_without_system']).optional(),
  instructions: z.enum(['system', 'developer']).optional(),
  results: z.enum(['messages', 'words']).optional(),
  shortIds: z.boolean().optional(),
  emptyText: z.boolean().optional(),
  returnsThoughts: z.boolean().optional(),
  streams: z.boolean().optional(),
  contextTokens: z.int().min(200).optional(),
  answerTokens: z.int().min(16).optional(),
  thoughtTokens: z.int().min(0).max(100_000).optional(),
  beginsWithThoughts: z.boolean().optional(),
  saysHowItEnds: z.boolean().optional(),
  trial: z.boolean().optional(),
});
export type CapabilitySettings = z.output<typeof capabilitySettings>;

/** The record of one endpoint and model, for as long as the process lives. */
export function createCapabilities(known: Capabilities, set: CapabilitySettings, onLearnt: (words: string) => void) {
  const given = { ...known, ...withoutUndefined(set) };
  let now: Capabilities = given;
  return {
    get now(): Capabilities {
      return now;
    },
    /** @returns whether this was new. */
    learn(more: Partial<Capabilities>): boolean {
      const before = inWords(given, now);
      const next = { ...now, ...withoutUndefined(more) };
      if (sameCapabilities(now, next)) return false;
      now = next;
      for (const words of inWords(given, now)) if (!before.includes(words)) onLearnt(words);
      return true;
    },
    /** What was learnt beyond known and set capabilities, one fact each. */
    learnt: (): string[] => inWords(given, now),
  };
}

function inWords(given: Capabilities, now: Capabilities): string[] {
  const changed = <Key extends keyof Capabilities>(key: Key) => given[key] !== now[key];
  const facts: (string | false)[] = [
    changed('path') && `OPENAI_BASE_URL lacks ${now.path}: it is added`,
    changed('limit') && (now.limit === 'none' ? 'knows no limit of the answer' : `the limit is called ${now.limit}`),
    ...now.without
      .filter((name) => !given.without.includes(name) && !LIMITS.includes(name))
      .map((name) => `does not take ${name}`),
    changed('tools') && 'knows no tools: they are described in the prompt',
    changed('simpleSchemas') && "knows a part of JSON Schema only: tools' schemas are simplified",
    changed('order') && orders[now.order],
    changed('instructions') && `instructions have the role ${now.instructions}`,
    changed('results') && "results of tools are told in the user's message",
    changed('shortIds') && 'ids of calls have nine signs',
    changed('emptyText') && 'a message needs a text',
    changed('returnsThoughts') && 'is shown its thoughts again',
    changed('streams') && 'answers at once, not in a stream',
    changed('contextTokens') && `takes at most ${now.contextTokens} tokens of a conversation`,
    changed('answerTokens') && `answers with at most ${now.answerTokens} tokens`,
    changed('thoughtTokens') && `thinks: has ${now.thoughtTokens} tokens for it beside the answer`,
    changed('beginsWithThoughts') && now.beginsWithThoughts === true && 'begins its answers with thoughts',
    changed('saysHowItEnds') && now.saysHowItEnds === false && 'does not say how an answer ended',
  ];
  return facts.filter((fact) => fact !== false);
}

const LIMITS: readonly string[] = ['max_tokens', 'max_completion_tokens'];
const orders: Readonly<Record<Capabilities['order'], string>> = {
  any: 'takes messages in any order',
  strict: 'wants one system message first, then user and assistant in turn',
  strict_without_system: 'wants user and assistant in turn, and no system message',
};

function sameCapabilities(one: Capabilities, other: Capabilities): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function withoutUndefined<T extends object>(fields: T): Partial<{ [Key in keyof T]: Exclude<T[Key], undefined> }> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
