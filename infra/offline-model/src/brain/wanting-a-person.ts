/*
 * English ways of asking for a person, matched against one normalised sentence at a time.
 * A customer who asks must never be kept from a person: when in doubt these err towards a match.
 */
const KIND =
  '(?:real|actual|live|living|proper|genuine|human|flesh[- ]and[- ]blood|different|customer service|customer support|service|support|sales)';
const STRONG = `(?:humans?(?: being)?|agents?|representatives?|reps?|operators?|advis[eo]rs?|specialist|technician|managers?|supervisors?|boss|owner|staff(?: member)?|employee|${KIND} (?:person|people|someone|somebody|one)|member of (?:staff|the team|your team)|customer (?:service|support|care)|support team|support agent|human (?:help|support|assistance))`;
const ANYBODY = `(?:${STRONG}|persons?|people|someone|somebody|anyone|anybody|(?:your |the )?(?:team|support|staff|colleagues?))`;
const DETERMINER = `(?:(?:to|with|an?|the|some|any|your|one of your|one of the|another|my) )*(?:${KIND} )*`;

const WAYS: readonly RegExp[] = [
  // "can I talk to someone", "I'd rather chat with your support team"
  new RegExp(
    `\\b(?:speak|speaking|talk|talking|chat|chatting)(?: directly| now| right now| here)? (?:to|with) ${DETERMINER}${ANYBODY}\\b`,
  ),
  // "connect me with an agent", "put me through to the manager", "pass this on to a colleague"
  new RegExp(
    `\\b(?:connect|transfer|switch|put|pass|hand|forward|escalate|route|redirect|refer|take|send)\\w* (?:me|us|this|it|my (?:chat|case|request|question|issue|problem|conversation))\\b.{0,24}\\b(?:to|with|through)\\b.{0,16}\\b${ANYBODY}\\b`,
  ),
  /\b(?:put me through|connect me now|transfer me|escalate (?:this|it|my)|hand me over|hand (?:this|it) over)\b/,
  // "get me a human", "give me your manager"
  new RegExp(`\\b(?:get|give|find|bring|fetch|call)(?: me| us)? ${DETERMINER}${STRONG}\\b`),
  /\b(?:get|give|find|bring|fetch) (?:me|us) (?:a person|someone|somebody)\b/,
  // "I want a real person", "we need an agent"
  new RegExp(
    `\\b(?:want|need|require|demand|prefer|would like|'d like|wanna have|wish for|asked for|asking for|waiting for|rather have) ${DETERMINER}(?:${STRONG}|person\\b(?! who| that| plant))\\b`,
  ),
  // "is there a human here", "is anyone there"
  new RegExp(`\\b(?:is|are) there ${DETERMINER}(?:${STRONG}|person|people|someone|somebody|anyone|anybody)\\b`),
  /\bis (?:anyone|anybody|someone|somebody) (?:there|here|available|around|real)\b/,
  new RegExp(`\\b(?:reach|contact|get hold of|get in touch with|get through to) ${DETERMINER}${ANYBODY}\\b`),
  new RegExp(
    `\\b(?:can|could|will|would|have|let|may) ${DETERMINER}(?:${STRONG}|a person|someone|somebody) (?:please )?(?:help|call|contact|answer|look|assist|take over|join|talk|reply|write)\\b`,
  ),
  // "I don't want to talk to a bot", "no more robots"
  /\b(?:don't|do not|dont|won't|not going to|stop|rather not|hate|sick of|tired of|instead of)\b.{0,30}\b(?:bots?|robots?|machines?|chatbots?|an? ai|computers?)\b/,
  /\b(?:no more|no|not (?:a|another|this|some)) (?:bots?|robots?|machines?|chatbots?|ai)\b/,
  // "call me back"
  /\b(?:call|phone|ring) me(?: back)?\b|\b(?:want|need|request|like) a call ?back\b/,
  // a bare word or two
  new RegExp(
    `^(?:(?:please|just|now|ok|okay|hello|hi|hey|a|an|the|real|live|human),? )*(?:${STRONG}|person|live (?:chat|support|help)|someone real|a person)(?:,? (?:please|now|pls|plz|asap|thanks|only))*[.!?]*$`,
  ),
  /\bi(?:'d like| would like| want| wish| have) (?:to (?:make|file|lodge|raise) )?a complaint\b|\bi want to complain\b/,
];

/** "Are you human?" is a question about us, not a wish. */
const ABOUT_US =
  /\b(?:are|r) (?:you|u) (?:\w+ ){0,3}(?:bot|robot|human|person|machine|ai|real|computer|chatbot)\b|\bam i (?:\w+ )?(?:talking|speaking|chatting|writing) (?:to|with)\b|\bis this (?:an? )?(?:\w+ )?(?:bot|robot|human|person|machine|ai|chatbot)\b|\bwho am i (?:talking|speaking|chatting)\b/;

const REFUSED =
  /\b(?:don't|do not|dont|doesn't|no longer|no need|needn't|not necessary|rather not|without|instead of|never mind|nevermind|forget|cancel|stop)\b(?:(?!\b(?:bots?|robots?|machines?|chatbots?|but|just|understand|get)\b)[^.!?,;]){0,30}\b(?:humans?|agents?|persons?|people|representative|operator|manager|someone|transfer|connect|escalate|call me)\b/;

/** Whether this English sentence (normalised) asks for a person. */
export function asksForPerson(sentence: string): boolean {
  if (ABOUT_US.test(sentence) || REFUSED.test(sentence)) return false;
  return WAYS.some((way) => way.test(sentence));
}

/** Whether this sentence asks who or what it is talking to. */
export function asksAboutUs(sentence: string): boolean {
  return (
    ABOUT_US.test(sentence) ||
    /\b(?:who|what) (?:exactly )?(?:are|r) (?:you|u)\b(?! (?:doing|selling|saying|going))|\bwhat(?:'s| is) your name\b|\bwhat model\b|\bwhich model\b|\bare you (?:chat)?gpt\b|\bintroduce yourself\b|\btell me about yourself\b|\bwho (?:made|built|wrote) you\b/.test(
      sentence,
    )
  );
}
