import type { Prompt } from '../request/chat-request.ts';
import type { Conversation } from './conversation.ts';
import { type PoemRequest, poemDetails } from './poem.ts';
import { type Line, readTranscript } from './summary.ts';
import type { Language } from './understanding/languages.ts';
import { normalise, splitSentences } from './understanding/text.ts';

/** Work the application asks for, as opposed to a customer's message. */
export type Task =
  | { readonly kind: 'summary'; readonly lines: readonly Line[] }
  | { readonly kind: 'poem'; readonly poem: PoemRequest }
  | { readonly kind: 'greeting'; readonly language: Language; readonly name: string | undefined };

const SUMMARISE =
  /\b(?:summari[sz](?:e|es|ing|er)|condens(?:e|es|ing)|(?:write|produce|make|create|give|prepare|return|draft|update)\b.{0,50}\b(?:summary|brief|recap|digest))\b/;
const COMPOSE =
  /\bpoets?\b|\b(?:write|compose|produce|create)\b.{0,50}\b(?:poems?|haikus?|limericks?|verses?|poetry)\b/;
const GREET =
  /\b(?:greet|welcome|say hello to)\b.{0,60}\b(?:customers?|visitors?|users?|them|him|her|guests?|back|person)\b|\b(?:write|produce|say|open with|start with|begin with|send)\b.{0,40}\b(?:greeting|welcome|opening message)\b/;

const NAMED_LANGUAGES: readonly (readonly [RegExp, Language])[] = [
  [/\bin (?:german|deutsch)\b/, 'de'],
  [/\bin (?:spanish|espanol)\b/, 'es'],
  [/\bin (?:french|francais)\b/, 'fr'],
  [/\bin arabic\b/, 'ar'],
  [/\bin chinese\b/, 'zh'],
];

/**
 * The task, if the request is one. Summaries and poems are asked for without tools, in how the first instruction
 * begins or in the last message; so a chat's long instructions that only mention them stay a chat.
 */
export function taskOf(prompt: Prompt, conversation: Conversation): Task | undefined {
  const { instructions, burst, lastInstruction } = conversation;
  const opening = splitSentences(instructions[0] ?? '')
    .slice(0, 2)
    .join(' ')
    .slice(0, 240);
  const asked = lastInstruction ?? burst.at(-1) ?? '';
  const head = normalise(asked.slice(0, 240));
  if (prompt.tools.length === 0) {
    const fromInstruction = SUMMARISE.test(normalise(opening));
    if (fromInstruction || SUMMARISE.test(head))
      return { kind: 'summary', lines: whatToSummarise(conversation, !fromInstruction) };
    if (COMPOSE.test(normalise(opening)) && asked !== '') return { kind: 'poem', poem: poemDetails(asked) };
  }
  const nobodyWrote = conversation.said.every((line) => line.speaker !== 'customer');
  const toldToGreet = /^(?:please )?(?:greet|welcome)\b/.test(head) && GREET.test(head);
  if (nobodyWrote || toldToGreet || (lastInstruction !== undefined && GREET.test(normalise(lastInstruction)))) {
    const all = [...instructions, asked].join('\n');
    return { kind: 'greeting', language: languageNamed(normalise(all)), name: nameIn(all) };
  }
  return undefined;
}

/** The lines of a transcript in the last message or in an instruction, else the conversation itself. */
function whatToSummarise(conversation: Conversation, askedLast: boolean): Line[] {
  const written = [...conversation.burst, ...conversation.instructions].map(readTranscript);
  const transcript = written.find((lines) => lines.length > 0);
  if (transcript !== undefined) return transcript;
  const earlier = conversation.instructions.slice(1).flatMap((text) => {
    const summary = /\bsummary\b[^:]{0,40}:\s*([\s\S]+)/i.exec(text)?.[1];
    return summary === undefined ? [] : [{ speaker: 'summary', text: summary.trim() }];
  });
  const said = conversation.said.map((line) => ({ speaker: line.speaker, text: line.text }));
  const last = said.at(-1);
  if (askedLast && conversation.lastInstruction === undefined && last !== undefined) {
    // "Summarise this: …": the request is not part of what is to be summarised.
    const body = /^[^\n]{0,200}?(?::\s|\n)([\s\S]+)$/.exec(last.text)?.[1]?.trim();
    said.splice(-1, 1, ...(body === undefined ? [] : [{ speaker: 'customer' as const, text: body }]));
  }
  return [...earlier, ...said];
}

function languageNamed(text: string): Language {
  return NAMED_LANGUAGES.find(([phrase]) => phrase.test(text))?.[1] ?? 'en';
}

function nameIn(text: string): string | undefined {
  return /\b(?:customer|visitor|user|their|his|her)(?:'s|’s)? (?:first |display )?name(?: is|:)\s*["“']?(\p{Lu}[\p{L}'’-]{1,30})/u.exec(
    text,
  )?.[1];
}
