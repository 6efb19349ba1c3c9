import poems from '../../phrases/poems.json' with { type: 'json' };
import { normalise, pick } from '../text.ts';

export interface PoemRequest {
  readonly topic: string;
  /** Only when the request names one. */
  readonly style?: string;
}

/**
 * A small poem by template: the same topic and style give the same poem. The topic stands where no rhyme and little
 * metre depend on it, so that any noun will do.
 */
export function composePoem({ topic, style = '' }: PoemRequest): string {
  const { haiku, limerick, openings, middles, closings } = poems;
  const stanzas = style === 'haiku' ? [haiku] : style === 'limerick' ? [limerick] : [openings, middles, closings];
  const capital = topic.charAt(0).toUpperCase() + topic.slice(1);
  return stanzas
    .map((choices, index) => pick(choices, `${topic.toLowerCase()}|${style}|${index}`))
    .join('\n\n')
    .replace(/\{topic\}/gi, (place) => (place === '{Topic}' ? capital : topic));
}

const ABOUT =
  /(?:(?:^|\s)(?:about|on|over|of|for|regarding|ode to|uber|über|sobre|sur|topic:?)\s+|عن\s+|关于|關於)(.+)$/imu;
const STYLE = /\b(haiku|limerick|sonnet|ballad|ode|free verse)s?\b/;
const DEFAULT_TOPIC = 'light and leaves';
/** What does not belong to a topic, before and after it. */
const AROUND =
  /^the (?:topic|subject) (?:of )?|[\s,]*\b(?:please|pls|thanks|thank you|for me|in (?:the )?(?:style|form) of .*|as a (?:haiku|limerick|sonnet|ballad).*|in (?:at most )?\d+ (?:lines|words).*)\b.*$|[\s.,;:!?。！？)]+$/giu;

/** The topic and style named in a text that is known to ask for a poem. */
export function poemDetails(text: string): PoemRequest {
  const style = STYLE.exec(normalise(text))?.[1];
  const topic = (ABOUT.exec(text)?.[1] ?? '').replace(AROUND, '').trim().slice(0, 80);
  return { topic: /^(?:me|us)?$/i.test(topic) ? DEFAULT_TOPIC : topic, ...(style !== undefined && { style }) };
}
