import type { ToolSpec } from '../chat-request.ts';
import type { Conversation } from './conversation.ts';
import { fillArguments } from './fill-arguments.ts';
import { handOver } from './handover.ts';
import { type Question, type Understood, understand } from './intent.ts';
import type { Knowledge, Section } from './knowledge.ts';
import { composePoem } from './poem.ts';
import {
  abilities,
  asksToRephrase,
  BACK_WITH_US,
  greeting,
  introduces,
  NO_ANSWER,
  NO_PERSON,
  pleaseRephrase,
  quote,
  seedOf,
  smallTalk,
} from './replies.ts';
import { type Reply, say } from './reply.ts';
import type { SmallTalk } from './small-talk.ts';
import { isQuestion, shorten } from './text.ts';
import { type Toolbox, toolAskedFor } from './tool-choice.ts';

/** Questions answered in one reply. */
const MOST_AT_ONCE = 3;
const ASKS_FOR_DETAIL = 'To look that up I need';

/** Answers what the customer wrote since the last answer. */
export function answerCustomer(conversation: Conversation, toolbox: Toolbox, knowledge: Knowledge): Reply {
  if (conversation.isBackWithUs) return say(BACK_WITH_US);
  const message = conversation.burst.join('\n');
  const understood = understand(message);
  const { intent, language, mood } = understood;
  switch (intent.kind) {
    case 'person': {
      const tool = intent.cause === 'own-order' ? toolAskedFor(message, toolbox.others) : undefined;
      if (tool !== undefined) return callByName(tool, message, conversation);
      if (toolbox.transfer === undefined) return say(NO_PERSON);
      return handOver(toolbox.transfer, conversation, { ...intent, mood, language });
    }
    case 'poem': {
      if (toolbox.poem === undefined) return say(composePoem(intent.poem));
      const { value } = fillArguments(toolbox.poem.parameters, { message, ...intent.poem });
      return say('', [{ name: toolbox.poem.name, arguments: JSON.stringify(value) }]);
    }
    case 'talk':
      if (intent.questions.length > 0) {
        return answerQuestions(intent.questions, understood, conversation, toolbox, knowledge);
      }
      return say(chat(intent.talk, understood, conversation, toolbox, knowledge));
  }
}

function chat(
  talk: readonly SmallTalk[],
  { language }: Understood,
  conversation: Conversation,
  toolbox: Toolbox,
  knowledge: Knowledge,
): string {
  const seed = seedOf(conversation.burst.join('\n'), conversation.said.length);
  if (talk.length === 0) {
    const nod = /\p{Extended_Pictographic}/u.test(conversation.burst.join(''));
    return nod ? smallTalk({ topic: 'yes' }, seed, language, knowledge) : pleaseRephrase(seed);
  }
  // "Hi! How are you?" needs one answer, not two greetings.
  const telling = talk.filter((item) => item.topic !== 'greeting');
  const chosen = (telling.length > 0 ? telling : talk.slice(0, 1)).slice(0, 2);
  const hasIntroducedItself = conversation.said.some(
    ({ speaker, text }) => speaker === 'assistant' && introduces(text),
  );
  const replies = chosen.map((item) => {
    if (item.topic === 'greeting' && !hasIntroducedItself) return greeting(knowledge, language);
    if (item.topic === 'abilities') return abilities(knowledge, true, toolbox.transfer !== undefined);
    if (item.topic === 'my-name') return recallName(conversation) ?? smallTalk(item, seed, language, knowledge);
    return smallTalk(item, seed, language, knowledge);
  });
  return [...new Set(replies)].join(' ');
}

function recallName(conversation: Conversation): string | undefined {
  for (const line of conversation.said.toReversed()) {
    if (line.speaker !== 'customer') continue;
    const { intent } = understand(line.text);
    const named = intent.kind === 'talk' ? intent.talk.find((item) => item.topic === 'introduced') : undefined;
    if (named !== undefined && 'name' in named) return `You told me that your name is ${named.name}.`;
  }
  return undefined;
}

function answerQuestions(
  questions: readonly Question[],
  understood: Understood,
  conversation: Conversation,
  toolbox: Toolbox,
  knowledge: Knowledge,
): Reply {
  const { previousQuestion, previousAnswer } = conversation;
  const whole = questions.map(({ text }) => text).join(' ');
  const detail = previousAnswer?.startsWith(ASKS_FOR_DETAIL) === true ? `${previousQuestion ?? ''} ${whole}` : whole;
  const tool = toolAskedFor(detail, toolbox.others);
  if (tool !== undefined) return callByName(tool, detail, conversation);

  const { search } = toolbox;
  if (search !== undefined) {
    const asked = toolbox.parallel ? questions.slice(0, MOST_AT_ONCE) : [{ text: whole, core: whole }];
    return say(
      '',
      asked.map(({ text }) => {
        const query = isFollowUp(text) && previousQuestion !== undefined ? `${previousQuestion} ${text}` : text;
        const { value } = fillArguments(search.parameters, { message: text, query: shorten(query, 300) });
        return { name: search.name, arguments: JSON.stringify(value) };
      }),
    );
  }

  const seed = seedOf(conversation.burst.join('\n'), conversation.said.length);
  const found = questions.map((question) => ({ question, section: lookUp(question, previousQuestion, knowledge) }));
  const sections = new Set(found.flatMap(({ section }) => (section === undefined ? [] : [section])));
  if (sections.size === 0) return cannotAnswer(whole, understood, conversation, toolbox);
  const open = found.filter(({ question, section }) => section === undefined && isQuestion(question.core));
  return say(
    [
      ...[...sections].slice(0, MOST_AT_ONCE).map((section, index) => quote(section, `${seed}/${index}`)),
      ...open.map(
        ({ question }) =>
          `About “${shorten(question.core, 120)}” I have nothing; a person may know more, if you ask for one.`,
      ),
    ].join('\n\n'),
  );
}

/** The section that answers a question; a short follow-up ("and on Sunday?") is read with the question before it. */
function lookUp({ text, core }: Question, previous: string | undefined, knowledge: Knowledge): Section | undefined {
  const readings = [text, core, ...(isFollowUp(core) && previous !== undefined ? [`${previous} ${core}`] : [])];
  for (const reading of readings) {
    const hit = knowledge.search(reading)[0];
    if (hit !== undefined) return hit.section;
  }
  return undefined;
}

function isFollowUp(question: string): boolean {
  return /^(?:and|what about|how about|or|but|also)\b/i.test(question) && question.split(/\s+/).length <= 6;
}

function callByName(tool: ToolSpec, message: string, conversation: Conversation): Reply {
  const { value, missing } = fillArguments(tool.parameters, { message, query: message });
  if (missing.length > 0) {
    const names = missing.map((name) =>
      name
        .replace(/([a-z])([A-Z])/g, '$1 $2')
        .replaceAll('_', ' ')
        .toLowerCase(),
    );
    const asked = `${ASKS_FOR_DETAIL} the ${names.join(' and the ')}. Could you give it to me?`;
    if (conversation.previousAnswer !== asked) return say(asked);
  }
  return say('', [{ name: tool.name, arguments: JSON.stringify(value) }]);
}

/**
 * Nothing known answers this. A question goes to a person, if one can be reached; a remark that was not understood
 * is asked about once, and goes to a person the second time.
 */
export function cannotAnswer(
  asked: string,
  { language, mood }: Pick<Understood, 'language' | 'mood'>,
  conversation: Conversation,
  toolbox: Toolbox,
): Reply {
  const seed = seedOf(conversation.burst.join('\n'), conversation.said.length);
  const isMatter = isQuestion(asked) || asked.split(/\s+/).length > 4;
  const secondTime = conversation.previousAnswer !== undefined && asksToRephrase(conversation.previousAnswer);
  if (!isMatter && !secondTime) return say(pleaseRephrase(seed));
  if (toolbox.transfer === undefined) return say(NO_ANSWER);
  return handOver(toolbox.transfer, conversation, { cause: 'unknown', priority: 'normal', mood, language });
}
