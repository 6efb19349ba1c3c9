/** Why a conversation needs a person now although none was asked for. */
export type Trouble = 'upset' | 'danger' | 'legal';

const DANGER: readonly RegExp[] = [
  /\b(?:smok(?:e|es|ing)|spark(?:s|ed|ing)?|flames?|on fire|caught fire|burn(?:s|ed|t|ing)?|melt(?:s|ed|ing)?|overheat\w*)\b.*\b(?:lamp|light|plug|socket|cable|wire|bulb|switch|adapter|charger|shade|it)\b/,
  /\b(?:lamp|light|plug|socket|cable|wire|bulb|switch|adapter|charger|shade|it)\b.*\b(?:smok(?:es|ing)|is smoking|spark(?:s|ed|ing)|flames?|on fire|caught fire|burn(?:ed|t|ing)|melt(?:s|ed|ing)|overheat\w*)\b/,
  /\belectric(?:al)? shock|\belectrocuted|\bgot a shock\b|\bshocked me\b|\bsmells? (?:of|like) (?:burning|smoke)\b/,
  /\b(?:cat|dog|child|kid|baby|son|daughter|toddler|rabbit)\b.{0,20}\b(?:ate|eaten|swallowed|chewed|bit into)\b/,
  /\b(?:i am|i'm|somebody is|someone is|he is|she is|got) (?:hurt|injured|bleeding)\b|\bkill myself\b|\bsuicid/,
];

const LEGAL =
  /\b(?:my lawyer|solicitor|attorney|legal action|sue you|take you to court|go to the police|fraud\w*|charge ?back|unauthori[sz]ed|(?:been|was|got) hacked|stolen (?:card|identity)|charged (?:me )?twice|data protection authority)\b/;

const ADVERB =
  '(?:so |very |really |extremely |absolutely |totally |completely |beyond |getting |pretty |just |such |bloody |fucking |quite )*';
const UPSET: readonly RegExp[] = [
  new RegExp(
    `\\bi(?:'m| am| feel|'m getting| am getting) ${ADVERB}(?:angry|furious|livid|upset|fed up|mad|pissed|frustrated|annoyed|outraged|sick of|tired of (?:this|waiting|you)|disappointed|disgusted)\\b`,
  ),
  new RegExp(
    `\\b(?:this|that|it|you|service|company|shop|support|bot)(?: guys| people| lot| whole thing)? ?(?:is|are|was|were|'s|'re) ${ADVERB}(?:an? )?(?:ridiculous|unacceptable|outrageous|(?:bad |sick )?joke|useless|pathetic|disgrace|disgraceful|scam|insane|nightmare|terrible|awful|horrible|the worst|worst|infuriating|disgusting|bullshit|crap|garbage|rubbish|incompetent|unbelievable|shambles)\\b`,
  ),
  /\b(?:terrible|awful|horrible|appalling|worst|disgusting|pathetic|shocking|lousy|shitty|crappy|useless|ridiculous|unacceptable) (?:\w+ )?(?:service|experience|support|company|shop|store|people|bot|chatbot|quality|ever)\b/,
  /^(?:\w+,? )?(?:ridiculous|unacceptable|outrageous|disgraceful|pathetic|useless|unbelievable)[.!]*$/,
  /\b(?:how dare you|waste of (?:time|money|my time)|rip[- ]?off|ripped (?:me )?off|scammers?|you (?:people )?(?:lied|cheated|stole)|never (?:buying|ordering|shopping|coming) (?:here |from you )?again|i want my money back|give me my money back|are you kidding|what a joke|had enough|enough is enough)\b/,
  /\b(?:wtf|ffs|fuck\w*|shit|bullshit|damn (?:it|you|bot)|idiots?|stupid (?:bot|machine|thing|robot|company)|dumb (?:bot|machine|thing)|screw you|piss off|go to hell)\b/,
  /\b(?:third|fourth|fifth|tenth|hundredth|umpteenth) time (?:i|i'm|i've|we|now|that|this|you)\b/,
  /\b(?:nobody|no one|noone) (?:\w+ )?(?:helps?|answers?|answered|cares?|replies|replied|responds?|responded|listens?)\b/,
  /\bi(?:'ve| have) been waiting (?:for )?(?:\w+ )?(?:hours|days|weeks|months|forever|ages)\b/,
];

const DENIED =
  /\b(?:not|never|isn't|aren't|don't be|hardly|no longer) (?:\w+ )?(?:angry|upset|mad|furious|frustrated|annoyed|disappointed|a scam|a joke|useless|terrible|awful|ridiculous)\b/;

/** What trouble, if any, an English sentence (normalised) speaks of; `written` is the same as it was typed. */
export function troubleIn(normalised: string, written: string): Trouble | undefined {
  if (DANGER.some((sign) => sign.test(normalised))) return 'danger';
  if (LEGAL.test(normalised)) return 'legal';
  return isUpset(normalised, written) ? 'upset' : undefined;
}

/** Whether an English sentence sounds angry or fed up. */
export function isUpset(normalised: string, written: string): boolean {
  if (DENIED.test(normalised)) return false;
  return UPSET.some((sign) => sign.test(normalised)) || isShouted(written);
}

/** Three or more words in capitals with an exclamation mark, as in "WHERE IS MY ORDER!!". */
function isShouted(written: string): boolean {
  const words = written.match(/\p{L}{2,}/gu) ?? [];
  const capitals = words.filter((word) => word === word.toUpperCase() && word !== word.toLowerCase());
  return words.length >= 3 && capitals.length === words.length && /!/.test(written);
}
