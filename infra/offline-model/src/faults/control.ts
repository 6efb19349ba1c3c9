import { readConversation } from '../brain/conversation.ts';
import { type Reply, say } from '../brain/reply.ts';
import { ApiError, invalid } from '../http/api-error.ts';
import { isObject } from '../is-object.ts';
import type { ChatMessage, ChatRequest } from '../request/chat-request.ts';
import { type ChosenBehaviour, DEFAULT_MODEL, FAULT_PREFIX, findBehaviour, USUAL } from './behaviours.ts';

/** What following requests are to meet. The first rule that fits a request is used. */
export interface Rule {
  /** A name of the behaviours' table, such as `stall-mid-stream` or `slow-first-token-5000`. Default: as usual. */
  readonly behaviour?: string;
  /** Says exactly this. `arguments` that are not a string are sent as JSON. */
  readonly reply?: {
    readonly text?: string;
    readonly toolCalls?: readonly { readonly name: string; readonly arguments: unknown }[];
  };
  /** For so many requests; without it, until the rules change. */
  readonly times?: number;
  /** Only for requests whose newest customer messages, or last instruction or data, contain this text. */
  readonly whenIncludes?: string;
}

/** One request as it was seen, for tests. */
export interface SeenRequest {
  readonly number: number;
  readonly model: string;
  readonly stream: boolean;
  readonly behaviour: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly string[];
  outcome: 'running' | 'finished' | 'refused' | 'broken off' | 'client left';
  finishReason: string | null;
}

export interface Counts {
  received: number;
  running: number;
  finished: number;
  refused: number;
  brokenOff: number;
  clientLeft: number;
}

/** How many requests are remembered with their messages. */
const REMEMBERED = 500;

interface LiveRule {
  readonly chosen: ChosenBehaviour;
  readonly reply: Reply | undefined;
  readonly whenIncludes: string | undefined;
  left: number;
}

export type Control = ReturnType<typeof createControl>;

/**
 * Holds what tests may change and read. `remember` keeps the messages of requests; without it only counts are kept,
 * so that a server for people stores nothing anybody wrote.
 */
export function createControl(remember: boolean) {
  let rules: LiveRule[] = [];
  const counts: Counts = { received: 0, running: 0, finished: 0, refused: 0, brokenOff: 0, clientLeft: 0 };
  const requests: SeenRequest[] = [];

  return {
    counts: counts as Readonly<Counts>,
    requests: requests as readonly SeenRequest[],

    /** Replaces all rules. @throws ApiError 400 that names what is wrong */
    setRules(given: readonly Rule[]): void {
      rules = given.map(liveRule);
    },

    /** Forgets rules, counts and requests. Requests that still run are counted when they end, never below zero. */
    reset(): void {
      rules = [];
      requests.length = 0;
      Object.assign(counts, { received: 0, finished: 0, refused: 0, brokenOff: 0, clientLeft: 0 });
    },

    /** What this request meets: a rule, else what its model's name says. @throws ApiError 404 for an unknown model */
    choose(request: ChatRequest): { chosen: ChosenBehaviour; reply: Reply | undefined } {
      const byName = behaviourOfModel(request.model);
      if (byName === undefined) {
        throw new ApiError(404, `The model \`${request.model}\` does not exist or you do not have access to it.`, {
          param: 'model',
          code: 'model_not_found',
        });
      }
      const { burst, lastInstruction = '' } = readConversation(request.messages);
      const said = [...burst, lastInstruction].join('\n');
      const rule = rules.find(
        ({ left, whenIncludes }) => left > 0 && (whenIncludes === undefined || said.includes(whenIncludes)),
      );
      if (rule === undefined) return { chosen: byName, reply: undefined };
      rule.left -= 1;
      return { chosen: rule.chosen, reply: rule.reply };
    },

    /** Notes a request; the function given back notes, once, how it ended. */
    note(request: ChatRequest, behaviour: string): (outcome: SeenRequest['outcome'], finishReason?: string) => void {
      counts.received += 1;
      counts.running += 1;
      const seen: SeenRequest = {
        number: counts.received,
        model: request.model,
        stream: request.stream,
        behaviour,
        messages: request.messages,
        tools: request.tools.map((tool) => tool.name),
        outcome: 'running',
        finishReason: null,
      };
      if (remember) {
        requests.push(seen);
        if (requests.length > REMEMBERED) requests.shift();
      }
      return (outcome, finishReason) => {
        if (seen.outcome !== 'running') return;
        seen.outcome = outcome;
        seen.finishReason = finishReason ?? null;
        counts.running -= 1;
        if (outcome === 'finished') counts.finished += 1;
        else if (outcome === 'refused') counts.refused += 1;
        else if (outcome === 'client left') counts.clientLeft += 1;
        else counts.brokenOff += 1;
      };
    },
  };
}

/** The behaviour a model's name asks for; undefined when there is no such model. */
export function behaviourOfModel(model: string): ChosenBehaviour | undefined {
  if (model === DEFAULT_MODEL) return USUAL;
  return model.startsWith(FAULT_PREFIX) ? findBehaviour(model.slice(FAULT_PREFIX.length)) : undefined;
}

/** Reads the body of `POST /control`: one rule, or `{rules: […]}`. @throws ApiError 400 */
export function parseRules(body: unknown): Rule[] {
  if (!isObject(body)) throw invalid('', 'The body must be a rule, or {"rules": […]}.');
  const list: unknown[] = Array.isArray(body.rules) ? body.rules : [body];
  return list.map((item, index) => {
    const at = `rules[${index}]`;
    if (!isObject(item)) throw invalid(at, `${at} must be an object.`);
    const { behaviour, reply, times, whenIncludes } = item;
    if (behaviour !== undefined && typeof behaviour !== 'string')
      throw invalid(`${at}.behaviour`, `${at}.behaviour must be a name.`);
    if (times !== undefined && !(typeof times === 'number' && Number.isSafeInteger(times) && times > 0)) {
      throw invalid(`${at}.times`, `${at}.times must be a positive integer.`);
    }
    if (whenIncludes !== undefined && typeof whenIncludes !== 'string') {
      throw invalid(`${at}.whenIncludes`, `${at}.whenIncludes must be a text.`);
    }
    const scripted = reply === undefined ? undefined : parseReply(reply, `${at}.reply`);
    return {
      ...(behaviour === undefined ? {} : { behaviour }),
      ...(times === undefined ? {} : { times }),
      ...(whenIncludes === undefined ? {} : { whenIncludes }),
      ...(scripted === undefined ? {} : { reply: scripted }),
    };
  });
}

function parseReply(reply: unknown, at: string): NonNullable<Rule['reply']> {
  if (!isObject(reply)) throw invalid(at, `${at} must be {text?, toolCalls?}.`);
  const { text = '', toolCalls = [] } = reply;
  if (typeof text !== 'string') throw invalid(`${at}.text`, `${at}.text must be a text.`);
  if (!Array.isArray(toolCalls)) throw invalid(`${at}.toolCalls`, `${at}.toolCalls must be an array.`);
  return {
    text,
    toolCalls: toolCalls.map((call: unknown, index) => {
      if (isObject(call) && typeof call.name === 'string') return { name: call.name, arguments: call.arguments ?? {} };
      throw invalid(`${at}.toolCalls[${index}]`, `${at}.toolCalls[${index}] must be {name, arguments}.`);
    }),
  };
}

function liveRule(rule: Rule): LiveRule {
  const chosen = findBehaviour(rule.behaviour ?? USUAL.name);
  if (chosen === undefined)
    throw invalid('behaviour', `There is no behaviour "${rule.behaviour}". See the README's table.`);
  const calls = rule.reply?.toolCalls?.map((call) => ({
    name: call.name,
    arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
  }));
  return {
    chosen,
    reply: rule.reply === undefined ? undefined : say(rule.reply.text ?? '', calls),
    whenIncludes: rule.whenIncludes,
    left: rule.times ?? Infinity,
  };
}
