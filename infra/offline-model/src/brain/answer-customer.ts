import type { ToolSpec } from '../request/chat-request.ts';
import type { Conversation } from './conversation.ts';
import { fillForm } from './form.ts';
import { callTool, handoffFacts } from './handoff.ts';
import type { Knowledge, Section } from './knowledge.ts';
import { composePoem } from './poem.ts';
import * as words from './replies.ts';
import { type Reply, say } from './reply.ts';
import { inWords, type Toolbox, toolAskedFor } from './tools.ts';
import { isQuestion, shorten } from './understanding/text.ts';
import { type Question, type SmallTalk, type Understood, understand } from './understanding/understand.ts';

/** Questions answered in one reply. */
const MOST_AT_ONCE = 3;
const ASKS_FOR_DETAIL = 'To look that up I need';

/** What everything here looks at: the conversation, what the newest words mean, the tools, what is known. */
interface Situation {
  readonly conversation: Conversation;
  readonly message: string;
  readonly understood: Understood;
  readonly toolbox: Toolbox;
  readonly knowledge: Knowledge;
  /** For the choice of words. */
  readonly seed: string;
}

/** Answers what the customer wrote since the last answer. */
export function answerCustomer(conversation: Conversation, toolbox: Toolbox, knowledge: Knowledge): Reply {
  if (conversation.isBackWithUs) return say(words.BACK_WITH_US);
  const message = conversation.burst.join('\n');
  const understood = understand(message);
  const seed = words.seedOf(message, conversation.said.length);
  const situation = { conversation, message, understood, toolbox, knowledge, seed };
  const { intent } = understood;
  switch (intent.kind) {
    case 'person': {
      const tool = intent.cause === 'own-order' ? toolAskedFor(message, toolbox.others) : undefined;
      if (tool !== undefined) return callByName(tool, message, conversation);
      if (toolbox.transfer === undefined) return say(words.NO_PERSON);
      return callTool(toolbox.transfer, handoffFacts(conversation, { ...understood, ...intent }));
    }
    case 'poem':
      if (toolbox.poem === undefined) return say(composePoem(intent.poem));
      return callTool(toolbox.poem, { message, ...intent.poem });
    case 'talk':
      return intent.questions.length > 0 ? answerQuestions(intent.questions, situation) : chat(intent.talk, situation);
  }
}

function chat(talk: readonly SmallTalk[], { conversation, message, understood, toolbox, knowledge, seed }: Situation) {
  const { language } = understood;
  const isNod = talk.length === 0 && /\p{Extended_Pictographic}/u.test(message);
  if (talk.length === 0 && !isNod) return say(words.pleaseRephrase(seed));
  const items: readonly SmallTalk[] = isNod ? [{ topic: 'yes' }] : talk;
  // "Hi! How are you?" needs one answer, not two greetings.
  const telling = items.filter(({ topic }) => topic !== 'greeting');
  const chosen = (telling.length > 0 ? telling : items.slice(0, 1)).slice(0, 2);
  const hasIntroducedItself = conversation.said.some(
    ({ speaker, text }) => speaker === 'assistant' && words.introduces(text),
  );
  const replies = chosen.map((item) => {
    if (item.topic === 'greeting' && !hasIntroducedItself) return words.greeting(knowledge, language);
    if (item.topic === 'abilities') return words.abilities(knowledge, toolbox.transfer !== undefined);
    const name = item.topic === 'my-name' ? nameOf(conversation) : undefined;
    if (name !== undefined) return `You told me that your name is ${name}.`;
    return words.smallTalk(item, seed, language, knowledge);
  });
  return say([...new Set(replies)].join(' '));
}

function nameOf({ said }: Conversation): string | undefined {
  const talks = said.toReversed().flatMap(({ speaker, text }) => {
    const intent = speaker === 'customer' ? understand(text).intent : undefined;
    return intent?.kind === 'talk' ? intent.talk : [];
  });
  return talks.flatMap((item) => ('name' in item ? [item.name] : []))[0];
}

function answerQuestions(questions: readonly Question[], situation: Situation): Reply {
  const { conversation, toolbox, knowledge, seed } = situation;
  const { previousQuestion = '', previousAnswer } = conversation;
  const whole = questions.map(({ text }) => text).join(' ');
  /** A short follow-up ("and on Sunday?") is read with the question before it. */
  const withPrevious = (text: string) =>
    /^(?:and|what about|how about|or|but|also)\b/i.test(text) && text.split(/\s+/).length <= 6
      ? `${previousQuestion} ${text}`.trim()
      : text;

  const detail = previousAnswer?.startsWith(ASKS_FOR_DETAIL) === true ? `${previousQuestion} ${whole}` : whole;
  const tool = toolAskedFor(detail, toolbox.others);
  if (tool !== undefined) return callByName(tool, detail, conversation);
  const { search } = toolbox;
  if (search !== undefined) {
    const asked = toolbox.parallel ? questions.slice(0, MOST_AT_ONCE).map(({ text }) => text) : [whole];
    const calls = asked.map((text) => callTool(search, { message: text, query: shorten(withPrevious(text), 300) }));
    return say(
      '',
      calls.flatMap(({ toolCalls }) => toolCalls),
    );
  }

  const lookUp = ({ text, core }: Question): Section | undefined =>
    [text, core, withPrevious(core)].map((reading) => knowledge.search(reading)[0]?.section).find((hit) => hit);
  const found = questions.map((question) => ({ ...question, section: lookUp(question) }));
  const sections = [...new Set(found.flatMap(({ section }) => section ?? []))];
  if (sections.length === 0) return cannotAnswer(whole, situation.understood, conversation, toolbox);
  return say(
    [
      ...sections.slice(0, MOST_AT_ONCE).map((section, index) => words.quote(section, `${seed}/${index}`)),
      ...found
        .filter(({ section, core }) => section === undefined && isQuestion(core))
        .map(({ core }) => `About “${shorten(core, 120)}” I have nothing; a person may know more, if you ask for one.`),
    ].join('\n\n'),
  );
}

function callByName(tool: ToolSpec, message: string, { previousAnswer }: Conversation): Reply {
  const { missing } = fillForm(tool.parameters, { message, query: message });
  const asked = `${ASKS_FOR_DETAIL} the ${missing.map(inWords).join(' and the ')}. Could you give it to me?`;
  if (missing.length > 0 && previousAnswer !== asked) return say(asked);
  return callTool(tool, { message, query: message });
}

/**
 * Nothing known answers this. A question goes to a person, if one can be reached; a remark that was not understood
 * is asked about once, and goes to a person the second time.
 */
export function cannotAnswer(
  asked: string,
  { language, mood }: Pick<Understood, 'language' | 'mood'>,
  conversation: Conversation,
  { transfer }: Toolbox,
): Reply {
  const { previousAnswer, burst, said } = conversation;
  const isMatter = isQuestion(asked) || asked.split(/\s+/).length > 4;
  const isSecondTime = previousAnswer !== undefined && words.asksToRephrase(previousAnswer);
  if (!isMatter && !isSecondTime) return say(words.pleaseRephrase(words.seedOf(burst.join('\n'), said.length)));
  if (transfer === undefined) return say(words.NO_ANSWER);
  return callTool(transfer, handoffFacts(conversation, { cause: 'unknown', priority: 'normal', mood, language }));
}
