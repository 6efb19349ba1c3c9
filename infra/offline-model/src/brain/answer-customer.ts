import type { Prompt, ToolSpec } from '../request/chat-request.ts';
import { inWords, isQuestion, shorten } from '../text.ts';
import { type Conversation, readConversation } from './conversation.ts';
import { fillForm } from './form.ts';
import { callTool, factsOf } from './handoff.ts';
import type { Knowledge } from './knowledge.ts';
import { composePoem } from './poem.ts';
import { abilities, introduces, introduction, quote, subjects } from './replies.ts';
import { type Reply, say } from './reply.ts';
import { openToolbox, type Toolbox, toolAskedFor } from './tools.ts';
import { isReply, phrase } from './understanding/phrases.ts';
import { type Question, type SmallTalk, type Understood, understand } from './understanding/understand.ts';

/** Questions answered in one reply. */
const MOST_AT_ONCE = 3;
const ASKS_FOR_DETAIL = 'To look that up I need';

/** What everything here looks at: the conversation, what the newest words mean, the tools, what is known. */
export interface Situation {
  readonly conversation: Conversation;
  readonly understood: Understood;
  readonly toolbox: Toolbox;
  readonly knowledge: Knowledge;
  /** For the choice of words: what was said, and how far the conversation has come. */
  readonly seed: string;
}

export function readSituation(prompt: Prompt, knowledge: Knowledge): Situation {
  const conversation = readConversation(prompt.messages);
  const { message, said } = conversation;
  const seed = `${message}/${said.length}`;
  return { conversation, understood: understand(message), toolbox: openToolbox(prompt), knowledge, seed };
}

/** Answers what the customer wrote since the last answer. */
export function answerCustomer(situation: Situation): Reply {
  const { conversation, understood, toolbox } = situation;
  const { intent } = understood;
  if (conversation.isBackWithUs) return say(phrase('backWithUs'));
  if (intent.kind === 'talk')
    return intent.questions.length > 0 ? answerQuestions(intent.questions, situation) : chat(intent.talk, situation);
  if (intent.kind === 'poem' && toolbox.poem === undefined) return say(composePoem(intent.poem));
  const isOrder = intent.kind === 'person' && intent.cause === 'ownOrder';
  const other = isOrder ? toolAskedFor(conversation.message, toolbox.others) : undefined;
  if (other !== undefined) return callByName(other, conversation.message, conversation);
  const tool = intent.kind === 'poem' ? toolbox.poem : toolbox.transfer;
  return tool === undefined ? say(phrase('noPerson')) : callTool(tool, factsOf(conversation, 'unknown'));
}

function chat(talk: readonly SmallTalk[], { conversation, understood, toolbox, knowledge, seed }: Situation): Reply {
  const { message, said } = conversation;
  const { language } = understood;
  const isNod = talk.length === 0 && /\p{Extended_Pictographic}/u.test(message);
  if (talk.length === 0 && !isNod) return say(phrase('rephrase', { seed }));
  const items: readonly SmallTalk[] = isNod ? [{ topic: 'yes' }] : talk;
  // "Hi! How are you?" needs one answer, not two greetings.
  const telling = items.filter(({ topic }) => topic !== 'greeting');
  const chosen = (telling.length > 0 ? telling : items.slice(0, 1)).slice(0, 2);
  const isIntroduced = said.some(({ speaker, text }) => speaker === 'assistant' && introduces(text));
  const replies = chosen.map(({ topic, name = topic === 'myName' ? nameOf(conversation) : undefined }) => {
    if (topic === 'greeting' && !isIntroduced) return introduction(knowledge, language);
    if (topic === 'abilities') return abilities(knowledge, toolbox.transfer !== undefined);
    if (topic === 'myName' && name !== undefined) return phrase('yourName', { name });
    return phrase(topic, { language, seed, name, subjects: subjects(knowledge) });
  });
  return say([...new Set(replies)].join(' '));
}

/** What the customer said they are called. */
function nameOf({ said }: Conversation): string | undefined {
  const talks = said.flatMap(({ speaker, text }) => {
    const intent = speaker === 'customer' ? understand(text).intent : undefined;
    return intent?.kind === 'talk' ? intent.talk : [];
  });
  return talks.findLast(({ name }) => name !== undefined)?.name;
}

function answerQuestions(questions: readonly Question[], situation: Situation): Reply {
  const { conversation, toolbox, knowledge, seed } = situation;
  const { previousQuestion = '', previousAnswer = '' } = conversation;
  const whole = questions.map(({ text }) => text).join(' ');
  /** A short follow-up ("and on Sunday?") is read with the question before it. */
  const withPrevious = (text: string): string =>
    /^(?:and|what about|how about|or|but|also)\b/i.test(text) && text.split(/\s+/).length <= 6
      ? `${previousQuestion} ${text}`.trim()
      : text;

  const detail = previousAnswer.startsWith(ASKS_FOR_DETAIL) ? `${previousQuestion} ${whole}` : whole;
  const tool = toolAskedFor(detail, toolbox.others);
  if (tool !== undefined) return callByName(tool, detail, conversation);
  const { search } = toolbox;
  if (search !== undefined) {
    const asked = toolbox.parallel ? questions.slice(0, MOST_AT_ONCE).map(({ text }) => text) : [whole];
    const callFor = (text: string) => callTool(search, { message: text, query: shorten(withPrevious(text), 300) });
    return say(
      '',
      asked.flatMap((text) => callFor(text).toolCalls),
    );
  }

  const found = questions.map(({ text, core }) => ({
    core,
    section: [text, core, withPrevious(core)].flatMap((reading) => knowledge.search(reading))[0]?.section,
  }));
  const sections = [...new Set(found.flatMap(({ section }) => section ?? []))];
  if (sections.length === 0) return cannotAnswer(whole, situation);
  return say(
    [
      ...sections.slice(0, MOST_AT_ONCE).map((section, index) => quote(section, `${seed}/${index}`)),
      ...found
        .filter(({ section, core }) => section === undefined && isQuestion(core))
        .map(({ core }) => phrase('nothingAbout', { question: shorten(core, 120) })),
    ].join('\n\n'),
  );
}

/** Calls a tool that the words name, after asking once for what only the customer can give. */
function callByName(tool: ToolSpec, message: string, { previousAnswer }: Conversation): Reply {
  const { missing } = fillForm(tool.parameters, { message });
  const asked = `${ASKS_FOR_DETAIL} the ${missing.map(inWords).join(' and the ')}. Could you give it to me?`;
  return missing.length > 0 && previousAnswer !== asked ? say(asked) : callTool(tool, { message });
}

/**
 * Nothing known answers this. A question goes to a person, if one can be reached; a remark that was not understood
 * is asked about once, and goes to a person the second time.
 */
export function cannotAnswer(asked: string, { conversation, toolbox, seed }: Situation, said?: string): Reply {
  const isMatter = isQuestion(asked) || asked.split(/\s+/).length > 4;
  const isSecondTime = isReply('rephrase', conversation.previousAnswer ?? '');
  if (!isMatter && !isSecondTime) return say(phrase('rephrase', { seed }));
  if (toolbox.transfer === undefined) return say(said ?? phrase('noAnswer'));
  return callTool(toolbox.transfer, factsOf(conversation, 'unknown'));
}
