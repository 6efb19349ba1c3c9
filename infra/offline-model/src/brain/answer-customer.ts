import type { Prompt, ToolSpec } from '../request/chat-request.ts';
import { inWords, isQuestion, shorten } from '../text.ts';
import { type Conversation, readConversation } from './conversation.ts';
import { fillForm } from './form.ts';
import { callTool, factsOf } from './handoff.ts';
import type { Knowledge } from './knowledge.ts';
import { composePoem } from './poem.ts';
import { abilities, introduction, quote, type Reply, say, subjects } from './replies.ts';
import { openToolbox, toolAskedFor } from './tools.ts';
import { isReply, phrase, type Topic } from './understanding/phrases.ts';
import { type Question, understand } from './understanding/understand.ts';

const QUESTIONS_AT_ONCE = 3;
const ASKS_FOR_DETAIL = 'To look that up I need';

export type Situation = ReturnType<typeof readSituation>;
export function readSituation(prompt: Prompt, knowledge: Knowledge) {
  const conversation = readConversation(prompt.messages);
  const { message, said } = conversation;
  /** For the choice of words: what was said, and how far the conversation has come. */
  const seed = `${message}/${said.length}`;
  const parallel = prompt.parallelToolCalls;
  return { conversation, understood: understand(message), toolbox: openToolbox(prompt), parallel, knowledge, seed };
}

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

function chat(talk: readonly Topic[], { conversation, understood, toolbox, knowledge, seed }: Situation): Reply {
  const { message, said } = conversation;
  const { language } = understood;
  const isNod = talk.length === 0 && /\p{Extended_Pictographic}/u.test(message);
  if (talk.length === 0 && !isNod) return say(phrase('rephrase', { seed }));
  const topics: readonly Topic[] = isNod ? ['yes'] : talk;
  // "Hi! How are you?" needs one answer, not two greetings.
  const telling = topics.filter((topic) => topic !== 'greeting');
  const chosen = (telling.length > 0 ? telling : topics.slice(0, 1)).slice(0, 2);
  const isIntroduced = said.some(({ speaker, text }) => speaker === 'assistant' && isReply('me', text));
  const replies = chosen.map((topic) => {
    if (topic === 'greeting' && !isIntroduced) return introduction(knowledge, language);
    if (topic === 'abilities') return abilities(knowledge, toolbox.transfer !== undefined);
    return phrase(topic, { language, seed, subjects: subjects(knowledge) });
  });
  return say([...new Set(replies)].join(' '));
}

function answerQuestions(questions: readonly Question[], situation: Situation): Reply {
  const { conversation, toolbox, parallel, knowledge, seed } = situation;
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
    const asked = parallel ? questions.slice(0, QUESTIONS_AT_ONCE).map(({ text }) => text) : [whole];
    const callFor = (text: string) => callTool(search, { message: text, query: shorten(withPrevious(text), 300) });
    return say(
      '',
      asked.flatMap((text) => callFor(text).toolCalls),
    );
  }

  const found = questions.map(({ text, core }) => {
    const readings = new Set([text, core, withPrevious(core)]);
    return { core, section: [...readings].map(knowledge.search).find((section) => section !== undefined) };
  });
  const sections = [...new Set(found.flatMap(({ section }) => section ?? []))];
  if (sections.length === 0) return cannotAnswer(whole, situation);
  const unknown = found.filter(({ section, core }) => section === undefined && isQuestion(core));
  return say(
    [
      ...sections.slice(0, QUESTIONS_AT_ONCE).map((section, index) => quote(section, `${seed}/${index}`)),
      ...unknown.map(({ core }) => phrase('nothingAbout', { question: shorten(core, 120) })),
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
