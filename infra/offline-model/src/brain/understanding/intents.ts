/*
 * What English sentences ask for, as a table: a name, and the phrases of a normalised sentence that mean it. A customer
 * who asks for a person must never be kept from one: when in doubt those phrases err towards a match.
 */
const KIND =
  '(?:real|actual|live|living|proper|genuine|human|flesh[- ]and[- ]blood|different|customer service|customer support|service|support|sales)';
const STRONG = `(?:humans?(?: being)?|agents?|representatives?|reps?|operators?|advis[eo]rs?|specialist|technician|managers?|supervisors?|boss|owner|staff(?: member)?|employee|${KIND} (?:person|people|someone|somebody|one)|member of (?:staff|the team|your team)|customer (?:service|support|care)|support team|support agent|human (?:help|support|assistance))`;
const ANYBODY = `(?:${STRONG}|persons?|people|someone|somebody|anyone|anybody|(?:your |the )?(?:team|support|staff|colleagues?))`;
const THE = `(?:(?:to|with|an?|the|some|any|your|one of your|one of the|another|my) )*(?:${KIND} )*`;
const VERY =
  '(?:so |very |really |extremely |absolutely |totally |completely |beyond |getting |pretty |just |such |bloody |fucking |quite )*';
const LAMP = '(?:lamp|light|plug|socket|cable|wire|bulb|switch|adapter|charger|shade|it)';
const BOTS = '(?:bots?|robots?|machines?|chatbots?|ai)';

const TABLE = {
  /** "can I talk to someone", "put me through to the manager", "I don't want to talk to a bot", "agent please" */
  person: [
    `\\b(?:speak|speaking|talk|talking|chat|chatting)(?: directly| now| right now| here)? (?:to|with) ${THE}${ANYBODY}\\b`,
    `\\b(?:connect|transfer|switch|put|pass|hand|forward|escalate|route|redirect|refer|take|send)\\w* (?:me|us|this|it|my (?:chat|case|request|question|issue|problem|conversation))\\b.{0,24}\\b(?:to|with|through)\\b.{0,16}\\b${ANYBODY}\\b`,
    `\\b(?:put me through|connect me now|transfer me|escalate (?:this|it|my)|hand (?:me|this|it) over)\\b`,
    `\\b(?:get|give|find|bring|fetch|call)(?: me| us)? ${THE}${STRONG}\\b`,
    `\\b(?:get|give|find|bring|fetch) (?:me|us) (?:a person|someone|somebody)\\b`,
    `\\b(?:want|need|require|demand|prefer|would like|'d like|wanna have|wish for|asked for|asking for|waiting for|rather have) ${THE}(?:${STRONG}|person\\b(?! who| that| plant))\\b`,
    `\\b(?:is|are) there ${THE}(?:${STRONG}|person|people|someone|somebody|anyone|anybody)\\b`,
    `\\bis (?:anyone|anybody|someone|somebody) (?:there|here|available|around|real)\\b`,
    `\\b(?:reach|contact|get hold of|get in touch with|get through to) ${THE}${ANYBODY}\\b`,
    `\\b(?:can|could|will|would|have|let|may) ${THE}(?:${STRONG}|a person|someone|somebody) (?:please )?(?:help|call|contact|answer|look|assist|take over|join|talk|reply|write)\\b`,
    `\\b(?:don't|do not|dont|won't|not going to|stop|rather not|hate|sick of|tired of|instead of)\\b.{0,30}\\b(?:${BOTS}|computers?)\\b`,
    `\\b(?:no more|no|not (?:a|another|this|some)) ${BOTS}\\b`,
    `\\b(?:call|phone|ring) me(?: back)?\\b|\\b(?:want|need|request|like) a call ?back\\b`,
    `^(?:(?:please|just|now|ok|okay|hello|hi|hey|a|an|the|real|live|human),? )*(?:${STRONG}|person|live (?:chat|support|help)|someone real|a person)(?:,? (?:please|now|pls|plz|asap|thanks|only))*[.!?]*$`,
    `\\bi(?:'d like| would like| want| wish| have) (?:to (?:make|file|lodge|raise) )?a complaint\\b|\\bi want to complain\\b`,
  ],
  noPerson: [
    `\\b(?:don't|do not|dont|doesn't|no longer|no need|needn't|not necessary|rather not|without|instead of|never mind|nevermind|forget|cancel|stop)\\b(?:(?!\\b(?:bots?|robots?|machines?|chatbots?|but|just|understand|get)\\b)[^.!?,;]){0,30}\\b(?:humans?|agents?|persons?|people|representative|operator|manager|someone|transfer|connect|escalate|call me)\\b`,
  ],
  /** "Are you human?" is a question about us, not a wish. */
  areYouHuman: [
    `\\b(?:are|r) (?:you|u) (?:\\w+ ){0,3}(?:bot|robot|human|person|machine|ai|real|computer|chatbot)\\b|\\bam i (?:\\w+ )?(?:talking|speaking|chatting|writing) (?:to|with)\\b|\\bis this (?:an? )?(?:\\w+ )?(?:bot|robot|human|person|machine|ai|chatbot)\\b|\\bwho am i (?:talking|speaking|chatting)\\b`,
  ],
  aboutUs: [
    `\\b(?:who|what) (?:exactly )?(?:are|r) (?:you|u)\\b(?! (?:doing|selling|saying|going))|\\bwhat(?:'s| is) your name\\b|\\bwhat model\\b|\\bwhich model\\b|\\bare you (?:chat)?gpt\\b|\\bintroduce yourself\\b|\\btell me about yourself\\b|\\bwho (?:made|built|wrote) you\\b`,
  ],
  danger: [
    `\\b(?:smok(?:e|es|ing)|spark(?:s|ed|ing)?|flames?|on fire|caught fire|burn(?:s|ed|t|ing)?|melt(?:s|ed|ing)?|overheat\\w*)\\b.*\\b${LAMP}\\b`,
    `\\b${LAMP}\\b.*\\b(?:smok(?:es|ing)|is smoking|spark(?:s|ed|ing)|flames?|on fire|caught fire|burn(?:ed|t|ing)|melt(?:s|ed|ing)|overheat\\w*)\\b`,
    `\\belectric(?:al)? shock|\\belectrocuted|\\bgot a shock\\b|\\bshocked me\\b|\\bsmells? (?:of|like) (?:burning|smoke)\\b`,
    `\\b(?:cat|dog|child|kid|baby|son|daughter|toddler|rabbit)\\b.{0,20}\\b(?:ate|eaten|swallowed|chewed|bit into)\\b`,
    `\\b(?:i am|i'm|somebody is|someone is|he is|she is|got) (?:hurt|injured|bleeding)\\b|\\bkill myself\\b|\\bsuicid`,
  ],
  legal: [
    `\\b(?:my lawyer|solicitor|attorney|legal action|sue you|take you to court|go to the police|fraud\\w*|charge ?back|unauthori[sz]ed|(?:been|was|got) hacked|stolen (?:card|identity)|charged (?:me )?twice|data protection authority)\\b`,
  ],
  upset: [
    `\\bi(?:'m| am| feel|'m getting| am getting) ${VERY}(?:angry|furious|livid|upset|fed up|mad|pissed|frustrated|annoyed|outraged|sick of|tired of (?:this|waiting|you)|disappointed|disgusted)\\b`,
    `\\b(?:this|that|it|you|service|company|shop|support|bot)(?: guys| people| lot| whole thing)? ?(?:is|are|was|were|'s|'re) ${VERY}(?:an? )?(?:ridiculous|unacceptable|outrageous|(?:bad |sick )?joke|useless|pathetic|disgrace|disgraceful|scam|insane|nightmare|terrible|awful|horrible|the worst|worst|infuriating|disgusting|bullshit|crap|garbage|rubbish|incompetent|unbelievable|shambles)\\b`,
    `\\b(?:terrible|awful|horrible|appalling|worst|disgusting|pathetic|shocking|lousy|shitty|crappy|useless|ridiculous|unacceptable) (?:\\w+ )?(?:service|experience|support|company|shop|store|people|bot|chatbot|quality|ever)\\b`,
    `^(?:\\w+,? )?(?:ridiculous|unacceptable|outrageous|disgraceful|pathetic|useless|unbelievable)[.!]*$`,
    `\\b(?:how dare you|waste of (?:time|money|my time)|rip[- ]?off|ripped (?:me )?off|scammers?|you (?:people )?(?:lied|cheated|stole)|never (?:buying|ordering|shopping|coming) (?:here |from you )?again|i want my money back|give me my money back|are you kidding|what a joke|had enough|enough is enough)\\b`,
    `\\b(?:wtf|ffs|fuck\\w*|shit|bullshit|damn (?:it|you|bot)|idiots?|stupid (?:bot|machine|thing|robot|company)|dumb (?:bot|machine|thing)|screw you|piss off|go to hell)\\b`,
    `\\b(?:third|fourth|fifth|tenth|hundredth|umpteenth) time (?:i|i'm|i've|we|now|that|this|you)\\b`,
    `\\b(?:nobody|no one|noone) (?:\\w+ )?(?:helps?|answers?|answered|cares?|replies|replied|responds?|responded|listens?)\\b`,
    `\\bi(?:'ve| have) been waiting (?:for )?(?:\\w+ )?(?:hours|days|weeks|months|forever|ages)\\b`,
  ],
  calm: [
    `\\b(?:not|never|isn't|aren't|don't be|hardly|no longer) (?:\\w+ )?(?:angry|upset|mad|furious|frustrated|annoyed|disappointed|a scam|a joke|useless|terrible|awful|ridiculous)\\b`,
  ],
  ownOrder: [
    `^(?:hi |hello |please |pls |can you |could you |will you |i want to |i need to |i would like to |i'd like to |,)*(?:please )?(?:cancel|change|update|modify|resend|refund|replace|correct|return) (?:my|our|the) (?:last |latest |recent )?(?:order|address|parcel|package|delivery|invoice|payment|subscription)\\b|\\border (?:number |no\\.? ?|nr\\.? ?|id )?#?(?:[a-z]{1,4}-?)?\\d{3,}|#\\d{4,}`,
  ],
  urgent: [
    `\\b(?:urgent(?:ly)?|emergency|asap|immediately|right now|as soon as possible|dringend|sofort|urgente|urgence|dringlich)\\b|عاجل|紧急|緊急|马上`,
  ],
  noHurry: [
    `\\b(?:not urgent|no rush|no hurry|whenever (?:you|someone|somebody|it)|when(?:ever)? (?:you|someone|somebody) (?:has|have|get|gets) (?:the |some |a )?(?:time|minute|moment)|low priority|take your time|nothing urgent|not in a hurry|keine eile|sin prisa|pas urgent)\\b`,
  ],
} as const satisfies Record<string, readonly string[]>;

/** Whole sentences of small talk, after a greeting has been taken off the front. The first row that matches counts. */
const SMALL_TALK = [
  [
    'thanks',
    `(?:thanks?|thank (?:you|u)|thx|ty|cheers|much appreciated|appreciate it|many thanks)(?: (?:so|very) much| a (?:lot|million|bunch)| again| for .{1,60}| that (?:helps|helped)| anyway| buddy| mate)*`,
  ],
  [
    'thanks',
    `(?:that (?:helps|helped|was helpful|answers my question)|very helpful|perfect thanks?|great thanks?|ok(?:ay)? thanks?(?: you)?|no thanks?(?: you)?|that's all(?: thanks?(?: you)?)?|that is all)`,
  ],
  [
    'goodbye',
    `(?:good ?bye|bye(?: bye)?|see (?:you|ya)(?: later| soon)?|farewell|good night|have a (?:nice|good|great|lovely) \\w+|take care|cya|later|i'm done|that's it)(?: then| now| all| and thanks?| everyone)*`,
  ],
  [
    'how-are-you',
    `(?:and )?(?:how are (?:you|u|things)|how(?:'s| is) it going|how do you do|how(?:'s| is) your day|what's up|sup|you ok|are you (?:ok|well|fine))(?: (?:doing|today|going|so far|there|then))*`,
  ],
  [
    'abilities',
    `(?:so )?(?:what (?:can|could|do) you (?:do|help|know|answer|offer)|what can i (?:ask|do)|how can you help|what (?:are|is) your (?:skills|abilities)|what do you know|help|i need (?:some )?help|can you help|help me|menu|options)(?: (?:me|you|about|with|for|here|please|today|us|things|out))*`,
  ],
  [
    'joke',
    `(?:please )?(?:tell|do you know|know|make|got|another|one more)?(?: (?:me|us|a|an|any|another|good|one))* ?(?:jokes?|something funny|make me laugh)(?: please)?`,
  ],
  [
    'yes',
    `(?:yes|yeah|yep|yup|sure|ok|okay|okey|k|alright|all right|fine|of course|right|i see|got it|understood|makes sense|ah|oh|aha|hm+|mhm)(?: (?:please|then|ok|okay|sure|good|i see|got it|right))*`,
  ],
  ['no', `(?:no|nope|nah|not really|nothing|not now|no problem)(?: (?:more|else|please|that's all))*`],
  [
    'praise',
    `(?:great|perfect|nice|cool|awesome|excellent|wonderful|amazing|super|lovely|good|good (?:bot|job|answer|work)|well done|i (?:like|love) (?:you|it|that|this)|you(?:'re| are) (?:great|funny|nice|awesome|helpful|cool|the best|amazing|smart)|lol|haha+|that's (?:great|nice|lovely|cool|funny|good))(?: (?:poem|one|then|stuff))*`,
  ],
  ['sorry', `(?:sorry|i(?:'m| am) sorry|my apologies|apologies|excuse me|my bad|pardon)(?: .{0,30})?`],
  [
    'test',
    `(?:test(?:ing)?|ping|is this (?:thing )?(?:on|working)|are you there|can you hear me|does this work|hello world)(?: (?:test|one|two|three|\\d+|now))*`,
  ],
  ['my-name', `(?:so )?(?:what(?:'s| is) my name|do you (?:know|remember) my name|who am i)`],
  [
    'languages',
    `(?:do|can) you (?:speak|understand|talk|write|know)(?: in)? (?:german|spanish|french|arabic|chinese|english|italian|other languages|any other language|.{3,12}ish)`,
  ],
  [
    'changed-mind',
    `(?:actually )?(?:never ?mind|forget (?:it|about it)|doesn't matter|does not matter|(?:i )?(?:don't|do not) (?:need|want) (?:an? |any |the |to talk to an? |to speak to an? )?(?:human|agent|person|one|someone)(?: anymore| any more| now| yet| after all)?|no need(?: for (?:a|an) (?:human|agent|person))?|cancel that|stay with the bot|i'll stay with you)`,
  ],
] as const;

export const GREETING =
  /^(?:hello|hi|hey|hiya|howdy|yo|greetings|heya|good (?:morning|afternoon|evening|day)|hello again|hi again)(?: (?:there|again|everyone|all|team|bot|baton|friend|folks|you))*(?=$|[ ,.!?:;–-])/;

const phrases = new Map<string, RegExp[]>(
  Object.entries(TABLE).map(([name, sources]) => [name, sources.map((source) => new RegExp(source))]),
);
const smallTalk = SMALL_TALK.map(([topic, source]) => ({ topic, phrase: new RegExp(`^(?:${source})$`) }));

/** Whether a normalised sentence says what this row of the table stands for. */
export const says = (row: keyof typeof TABLE, sentence: string): boolean =>
  phrases.get(row)?.some((phrase) => phrase.test(sentence)) === true;

export type Topic = (typeof SMALL_TALK)[number][0];

export const topicOf = (words: string): Topic | undefined => smallTalk.find(({ phrase }) => phrase.test(words))?.topic;
