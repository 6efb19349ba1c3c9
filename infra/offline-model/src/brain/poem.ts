import { hash, sequence } from '../seeded.ts';
import { normalise } from './understanding/text.ts';

/*
 * Poems by template. The topic stands where no rhyme and little metre depend on it, so that any noun will do;
 * which stanzas are taken, and in which order, follows from the topic alone.
 */
const OPENINGS: readonly string[] = [
  'I set a lamp beside the door\nand thought of {topic} tonight;\nthe shadows crossed the wooden floor\nand gathered round the light.',
  'The evening came on quiet feet\nwith {topic} upon its mind,\nand all the windows down the street\nleft yellow squares behind.',
  'Somebody spoke of {topic} today,\nand since, I must confess,\nmy thoughts have gone a softer way\nand hurry rather less.',
  'There is a word for {topic}, they say,\nthat nobody can spell;\nthe ivy knows it anyway\nand keeps the secret well.',
];
const MIDDLES: readonly string[] = [
  'The fern unrolled a patient hand,\nthe kettle hummed its tune;\nsome things you need not understand\nto love them, like the moon.',
  'It does not ask for much, you see:\na little room to grow,\na little warmth, some company,\na reason to go slow.',
  'The rain wrote letters on the pane\nand rubbed them out once more;\nI read them, and then read again\nthe ones I knew before.',
  'A moth went round and round the flame\nas moths have always done;\nit never learned the candle’s name,\nit took it for the sun.',
  'And should you lose it in the dark,\njust wait, and hold your breath:\na single small and stubborn spark\nhas never feared the depth.',
  'We measure days by what we do\nand nights by what we keep;\nthe rest is leaf and wind and dew\nand half of it is sleep.',
];
const CLOSINGS: readonly string[] = [
  'So much for {topic}, in simple rhyme,\nno better than it ought;\nit cost you hardly any time,\nand me not even thought.',
  'With {topic} indoors, the lamp burns low,\nthe leaves are folded tight;\nwhatever else there is to know\ncan wait for morning light.',
  'If {topic} should come to you some day\nand knock upon the glass,\nput on the light, and let it stay:\nthe longest nights will pass.',
];
const HAIKU: readonly string[] = [
  '{Topic}, and then\nlight along the edge of leaves:\nthe whole room listens.',
  '{Topic} at dusk,\na small lamp beside the fern;\nneither needs a word.',
  '{Topic}. The rain stops.\nOn the sill a green thing turns\nslowly to the light.',
];
const LIMERICKS: readonly string[] = [
  'A lamp that had much to admire\nfound {topic} would surely inspire;\nit glowed through the night\nwith increasing delight\nand then had to rest and retire.',
  'There once was a fern on a shelf\nwho pondered on {topic} by itself;\nwhen asked what it found\nit just looked at the ground\nand said: “You must think for yourself.”',
];

/** A small poem about the topic: the same topic and style give the same poem. */
export function composePoem({ topic, style = '' }: PoemRequest): string {
  const random = sequence(hash(`${topic.toLowerCase()}|${style}`));
  const one = (choices: readonly string[]): string => choices[Math.floor(random() * choices.length)] ?? '';
  const stanzas = /haiku/i.test(style)
    ? [HAIKU]
    : /limerick/i.test(style)
      ? [LIMERICKS]
      : [OPENINGS, MIDDLES, CLOSINGS];
  return stanzas.map((choices) => fill(one(choices), topic)).join('\n\n');
}

function fill(stanza: string, topic: string): string {
  const inner = /^(?:The|A|An|My|Your|Our|His|Her|Its|This|That|These|Those)\b/.test(topic)
    ? topic.charAt(0).toLowerCase() + topic.slice(1)
    : topic;
  const capital = topic.charAt(0).toUpperCase() + topic.slice(1);
  return stanza.replaceAll('{Topic}', () => capital).replaceAll('{topic}', () => inner);
}

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
