import { OTHER_LANGUAGES } from './languages.ts';
import { asksAboutUs } from './wanting-a-person.ts';

export type SmallTalk =
  | { readonly topic: 'greeting' | 'thanks' | 'goodbye' | 'how-are-you' | 'who-are-you' | 'abilities' | 'joke' }
  | { readonly topic: 'yes' | 'no' | 'praise' | 'sorry' | 'test' | 'my-name' | 'languages' | 'changed-mind' }
  | { readonly topic: 'introduced'; readonly name: string };

/** Whole sentences of small talk, after a greeting has been taken off the front. */
const WHOLE: readonly (readonly [RegExp, Exclude<SmallTalk['topic'], 'introduced'>])[] = [
  [
    /^(?:thanks?|thank (?:you|u)|thx|ty|cheers|much appreciated|appreciate it|many thanks)(?: (?:so|very) much| a (?:lot|million|bunch)| again| for .{1,60}| that (?:helps|helped)| anyway| buddy| mate)*$/,
    'thanks',
  ],
  [
    /^(?:that (?:helps|helped|was helpful|answers my question)|very helpful|perfect thanks?|great thanks?|ok(?:ay)? thanks?(?: you)?|no thanks?(?: you)?|that's all(?: thanks?(?: you)?)?|that is all)$/,
    'thanks',
  ],
  [
    /^(?:good ?bye|bye(?: bye)?|see (?:you|ya)(?: later| soon)?|farewell|good night|have a (?:nice|good|great|lovely) \w+|take care|cya|later|i'm done|that's it)(?: then| now| all| and thanks?| everyone)*$/,
    'goodbye',
  ],
  [
    /^(?:and )?(?:how are (?:you|u|things)|how(?:'s| is) it going|how do you do|how(?:'s| is) your day|what's up|sup|you ok|are you (?:ok|well|fine))(?: (?:doing|today|going|so far|there|then))*$/,
    'how-are-you',
  ],
  [
    /^(?:so )?(?:what (?:can|could|do) you (?:do|help|know|answer|offer)|what can i (?:ask|do)|how can you help|what (?:are|is) your (?:skills|abilities)|what do you know|help|i need (?:some )?help|can you help|help me|menu|options)(?: (?:me|you|about|with|for|here|please|today|us|things|out))*$/,
    'abilities',
  ],
  [
    /^(?:please )?(?:tell|do you know|know|make|got|another|one more)?(?: (?:me|us|a|an|any|another|good|one))* ?(?:jokes?|something funny|make me laugh)(?: please)?$/,
    'joke',
  ],
  [
    /^(?:yes|yeah|yep|yup|sure|ok|okay|okey|k|alright|all right|fine|of course|right|i see|got it|understood|makes sense|ah|oh|aha|hm+|mhm)(?: (?:please|then|ok|okay|sure|good|i see|got it|right))*$/,
    'yes',
  ],
  [/^(?:no|nope|nah|not really|nothing|not now|no problem)(?: (?:more|else|please|that's all))*$/, 'no'],
  [
    /^(?:great|perfect|nice|cool|awesome|excellent|wonderful|amazing|super|lovely|good|good (?:bot|job|answer|work)|well done|i (?:like|love) (?:you|it|that|this)|you(?:'re| are) (?:great|funny|nice|awesome|helpful|cool|the best|amazing|smart)|lol|haha+|that's (?:great|nice|lovely|cool|funny|good))(?: (?:poem|one|then|stuff))*$/,
    'praise',
  ],
  [/^(?:sorry|i(?:'m| am) sorry|my apologies|apologies|excuse me|my bad|pardon)(?: .{0,30})?$/, 'sorry'],
  [
    /^(?:test(?:ing)?|ping|is this (?:thing )?(?:on|working)|are you there|can you hear me|does this work|hello world)(?: (?:test|one|two|three|\d+|now))*$/,
    'test',
  ],
  [/^(?:so )?(?:what(?:'s| is) my name|do you (?:know|remember) my name|who am i)$/, 'my-name'],
  [
    /^(?:do|can) you (?:speak|understand|talk|write|know)(?: in)? (?:german|spanish|french|arabic|chinese|english|italian|other languages|any other language|.{3,12}ish)$/,
    'languages',
  ],
  [
    /^(?:actually )?(?:never ?mind|forget (?:it|about it)|doesn't matter|does not matter|(?:i )?(?:don't|do not) (?:need|want) (?:an? |any |the |to talk to an? |to speak to an? )?(?:human|agent|person|one|someone)(?: anymore| any more| now| yet| after all)?|no need(?: for (?:a|an) (?:human|agent|person))?|cancel that|stay with the bot|i'll stay with you)$/,
    'changed-mind',
  ],
];

const GREETING =
  /^(?:hello|hi|hey|hiya|howdy|yo|greetings|heya|good (?:morning|afternoon|evening|day)|hello again|hi again)(?: (?:there|again|everyone|all|team|bot|baton|friend|folks|you))*(?=$|[ ,.!?:;–-])/;

/**
 * The small talk at the start of a normalised sentence, and what else the sentence says. `rest` is empty when there
 * is nothing else; `kind` is undefined when there is no small talk.
 */
export function smallTalkIn(sentence: string): { kind: SmallTalk | undefined; rest: string } {
  const bare = trimMarks(sentence);
  const greeting = GREETING.exec(bare);
  if (greeting !== null) {
    const rest = trimMarks(bare.slice(greeting[0].length));
    if (rest === '') return { kind: { topic: 'greeting' }, rest };
    const inner = whole(rest);
    if (inner !== undefined) return { kind: inner, rest: '' };
    // "Good day" opens, "good day care plants" does not: the rest must stand by itself.
    return { kind: { topic: 'greeting' }, rest };
  }
  const kind = whole(bare);
  if (kind !== undefined) return { kind, rest: '' };
  return foreign(bare) ?? { kind: undefined, rest: sentence };
}

function whole(sentence: string): SmallTalk | undefined {
  const name = /^(?:my name is|my name's|i am called|i'm called) (\p{L}[\p{L}'-]{1,20})$/u.exec(sentence)?.[1];
  if (name !== undefined) return { topic: 'introduced', name: name.charAt(0).toUpperCase() + name.slice(1) };
  if (asksAboutUs(sentence)) return { topic: 'who-are-you' };
  const words = sentence.replaceAll(',', '');
  const topic = topicOf(words) ?? topicOf(words.replace(/^(?:ok|okay|well|so|and|oh|ah) (?=\w)/, ''));
  if (topic !== undefined) return { topic };
  // "Thanks, bye": small talk when every part is; the last part decides.
  const parts = sentence.split(',').map((part) => topicOf(part.trim()));
  const last = parts.at(-1);
  return last !== undefined && parts.every((part) => part !== undefined) ? { topic: last } : undefined;
}

function topicOf(words: string): Exclude<SmallTalk['topic'], 'introduced'> | undefined {
  return WHOLE.find(([phrase]) => phrase.test(words))?.[1];
}

function foreign(sentence: string): { kind: SmallTalk; rest: string } | undefined {
  for (const [, phrases] of OTHER_LANGUAGES) {
    for (const topic of ['greeting', 'thanks', 'goodbye'] as const) {
      const match = phrases[topic].exec(sentence);
      // A greeting in a language we hardly know is answered as such; a long question after it is not.
      if (match !== null) {
        const rest = trimMarks(sentence.slice(match.index + match[0].length));
        return { kind: { topic }, rest: rest.length > 12 ? rest : '' };
      }
    }
  }
  return undefined;
}

/** Without punctuation at either end, smileys and emoji at the back. */
function trimMarks(text: string): string {
  return text
    .replace(/(?:[\s.!,]|[:;]-?[)(dp](?=\s|$)|\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F|\u200D)+$/gu, '')
    .replace(/^[\s,.!?:;–—-]+|[\s,.!?:;–—-]+$/gu, '');
}
