import { normalise } from './text.ts';

export interface PoemRequest {
  readonly topic: string;
  /** Only when the request names one. */
  readonly style?: string;
}

const NOUN = '(?:poems?|haikus?|limericks?|sonnets?|verses?|rhymes?|poetry|odes?|ballads?)';
const REQUEST = new RegExp(
  `\\b(?:write|compose|make|create|give|tell|recite|sing|want|need|have|show|send|i'd like|would like|how about|another|one more)\\b.{0,40}\\b${NOUN}\\b|^(?:a |an |one |the )?(?:short |little |funny |nice |small |new )*${NOUN}\\b(?: (?:about|on|of|for|to)\\b|[ ,!.?]*(?:please)?[ ,!.?]*$)`,
);
const OTHER = /\b(?:gedicht|poema|poeme)\b|قصيدة|诗|詩/;
const ABOUT =
  /(?:(?:^|\s)(?:about|on|over|of|for|regarding|ode to|uber|über|sobre|sur|topic:?)\s+|عن\s+|关于|關於)(.+)$/iu;
const STYLES = ['haiku', 'limerick', 'sonnet', 'ballad', 'ode', 'free verse'];

const DEFAULT_TOPIC = 'light and leaves';

/** The poem a sentence asks for, if it does. */
export function poemRequest(sentence: string): PoemRequest | undefined {
  const plain = normalise(sentence);
  if (!REQUEST.test(plain) && !OTHER.test(plain)) return undefined;
  return poemDetails(sentence);
}

/** The topic and style named in a text that is known to ask for a poem. */
export function poemDetails(text: string): PoemRequest {
  const plain = normalise(text);
  const style = STYLES.find((name) => new RegExp(`\\b${name}s?\\b`).test(plain));
  const labelled = /\btopic["']?\s*[:=]\s*["']?([^"'\n]+)/i.exec(text)?.[1];
  const quoted = /["“«]([^"”»\n]{2,80})["”»]/.exec(text)?.[1];
  const about = ABOUT.exec(text.split('\n').find((line) => ABOUT.test(line)) ?? '')?.[1];
  const topic = tidy(labelled ?? quoted ?? about ?? '');
  return {
    topic: topic === '' || /^(?:me|us)$/i.test(topic) ? DEFAULT_TOPIC : topic,
    ...(style === undefined ? {} : { style }),
  };
}

function tidy(topic: string): string {
  return topic
    .replace(/^(?:the (?:topic|subject) (?:of )?)/i, '')
    .replace(
      /[\s,]*\b(?:please|pls|thanks|thank you|for me|in (?:the )?(?:style|form) of .*|as a (?:haiku|limerick|sonnet|ballad).*|in (?:at most )?\d+ (?:lines|words).*)\b.*$/i,
      '',
    )
    .replace(/[\s.,;:!?。！？)]+$/u, '')
    .trim()
    .slice(0, 80);
}
