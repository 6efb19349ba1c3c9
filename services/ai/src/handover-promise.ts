/**
 * [A3] Finds the promise of a human in an answer that called no tool, so that it can be kept. A promise speaks of what
 * happens now or will happen: "I'm connecting you with a colleague", "an agent will be with you shortly". An offer
 * ("I can connect you if you like"), a question, a condition or a refusal is none: a false alarm puts a customer in
 * the queue who did not ask for it.
 */
interface Phrasings {
  /** Forms of speech that promise. */
  promises: readonly RegExp[];
  /** What makes the whole sentence an offer, a question or a condition. */
  offers: RegExp;
  /** What makes one clause a refusal or a mere possibility; another clause of the sentence may still promise. */
  denies: RegExp;
}

const EN_WHO =
  '(?:(?:a|an|our|one of our|the|another|someone from our|a member of our) )?(?:(?:live|human|real|support|service|customer|customer service|customer support|available) )*(?:agents?|humans?|person|colleagues?|representatives?|specialists?|team ?members?|team|staff|operators?|advisors?|supervisors?|managers?|support|someone|somebody)';

const phrasings: readonly Phrasings[] = [
  {
    // English
    promises: [
      new RegExp(
        `\\b(?:i am|i'm|im|i will|i'll|we are|we're|we will|we'll|let me|allow me to|going to|i have|i've|we have|we've|i) (?:now |just |already |go ahead and |get you |be )*(?:connect|transferr?|hand|pass|forward|escalat|redirect|rout|put|get|bring|switch|direct)(?:ed|ing|e|ting|s)?\\b.{0,50}\\b(?:to|with|over|through|in|on) (?:to |with )?${EN_WHO}\\b`,
      ),
      /\b(?:i am|i'm|im|i will|i'll|let me|i have|i've|we'll|we will|you are being|you're being|you will be|you'll be) (?:now |just |go ahead and )*(?:transferr?|connect|hand)(?:ed|ing|e)?(?: you(?: over| through| now)?)?(?: now| over)?(?: to\b.*| with\b.*|[.!,…]|$)/,
      /\b(?:please )?(?:hold|wait|stand by|bear with me|one moment|just a moment)\b.{0,40}\b(?:while|as) i (?:connect|transfer|hand|find|get|bring|put)\b/,
      new RegExp(
        `\\b${EN_WHO} (?:will|is going to|'ll|is about to|should) (?:now |soon |shortly )*(?:be with you|be right with you|join|take over|take it from here|assist you|help you|contact you|reach out|reply|respond|get back to you|be in touch|continue)`,
      ),
      /\bsomeone will be (?:right )?with you\b/,
      /\b(?:connecting|transferring|handing) you\b.{0,20}\b(?:now|to|over|with)\b/,
    ],
    offers:
      /\?|\b(?:if|unless|in case|would you|do you want|shall i|should i|when(?:ever)? you|once you|as soon as you|at any time|any ?time|(?:you can|just|simply) (?:ask|say|tell|write|type)|let me know|happy to|glad to|feel free)\b/,
    denies:
      /\b(?:(?:i|we|you) (?:can|could|may|might)|(?:can|could) (?:i|we)|cannot|unable|not|never|no longer)\b|n't\b/,
  },
  {
    // German
    promises: [
      /\bich (?:verbinde|leite|übergebe|gebe|hole|stelle)\b.{0,60}\b(?:kolleg\w*|mitarbeiter\w*|menschen|person|berater\w*|support|team|weiter|durch)\b/,
      /\bich (?:verbinde|übergebe) (?:sie|dich)\b/,
      /\bich (?:werde|habe)\b.{0,50}\b(?:verbinden|verbunden|weiterleiten|weitergeleitet|weitergegeben|übergeben)\b/,
      /\b(?:sie|du) (?:werden|wirst)\b.{0,40}\b(?:verbunden|weitergeleitet|übergeben)\b/,
      /\b(?:kolleg\w*|mitarbeiter\w*|mensch|berater\w*)\b.{0,30}\b(?:wird|meldet|kümmert|übernimmt)\b/,
    ],
    offers: /\?|\b(?:wenn|falls|sofern|sobald|möchten|möchtest|wollen sie|willst du|soll ich|jederzeit|gerne)\b/,
    denies: /\b(?:ich (?:kann|könnte|darf)|kann ich|könnte ich|nicht|kein\w*)\b/,
  },
  {
    // French
    promises: [
      /\bje (?:vous|te) (?:mets|passe|transfère|connecte|transmets|redirige|oriente)\b/,
      /\bje (?:transfère|transmets|fais suivre|vais (?:vous |te )?(?:transférer|mettre en relation|passer|connecter|transmettre))\b/,
      /\b(?:vous allez|vous serez|tu vas) être (?:mise?|transférée?|connectée?|redirigée?)\b/,
      /\bun(?:e)? (?:agent|conseill\w+|collègue|humain|opérat\w+|personne)\b.{0,30}\b(?:va|prendra|vous répondra|vous contactera|prend le relais|arrive)\b/,
    ],
    offers: /\?|\b(?:si|souhaitez|voulez|veux-tu|puis-je|dès que vous|à tout moment)\b/,
    denies: /\b(?:je (?:peux|pourrais)|ne|pas)\b|\bn'/,
  },
  {
    // Spanish
    promises: [
      /\b(?:le|te|lo|la|os) (?:paso|comunico|conecto|transfiero|derivo|pondré|transferiré|comunicaré|conectaré|estoy (?:transfiriendo|conectando|pasando))\b/,
      /\bvoy a (?:transferir|pasar|conectar|comunicar|derivar)(?:le|te|lo|la)?\b/,
      /\bhe (?:transferido|pasado|derivado|escalado)\b/,
      /\bun(?:a)? (?:agente|persona|compañer\w+|asesor\w*|operador\w*|colega)\b.{0,30}\b(?:le|te|se) (?:atender|contactar|responder|pondr|ayudar)[\wáé]+/,
    ],
    offers: /\?|\b(?:si|quiere|quieres|desea|deseas|cuando quiera|en cualquier momento)\b/,
    denies: /\b(?:puedo|podría|no)\b/,
  },
  {
    // Italian
    promises: [
      /\b(?:la|ti|vi) (?:metto in contatto|passo|trasferisco|collego|inoltro|metterò in contatto|passerò|trasferirò)\b/,
      /\bsto (?:trasferendo|passando|inoltrando|collegando)/,
      /\bun(?:'|o |a )? ?(?:operator\w*|collega|agente|persona|consulente)\b.{0,30}\b(?:la|ti) (?:contatter|assister|aiuter|risponder)\w+/,
    ],
    offers: /\?|\b(?:se|vuole|vuoi|desidera|in qualsiasi momento)\b/,
    denies: /\b(?:posso|potrei|non)\b/,
  },
  {
    // Portuguese
    promises: [
      /\b(?:vou|estou a|estou) (?:te |o |a |lhe )?(?:transferi\w*|passa\w*|conecta\w*|encaminha\w*|liga\w*)\b.{0,60}/,
      /\bum(?:a)? (?:agente|atendente|colega|pessoa|humano|operador\w*)\b.{0,30}\b(?:vai|irá|entrará em contato|entrará em contacto|assumirá)\b/,
    ],
    offers: /\?|\b(?:se|quiser|quer|deseja|gostaria|a qualquer momento)\b/,
    denies: /\b(?:posso|poderia|não)\b/,
  },
  {
    // Dutch
    promises: [
      /\bik (?:verbind|schakel|geef|zet|breng)\b.{0,50}\b(?:door|over|met|collega|medewerker)\b/,
      /\bik ga (?:je|u)\b.{0,40}\b(?:doorverbinden|overdragen)\b/,
      /\been (?:collega|medewerker|mens|agent)\b.{0,30}\b(?:neemt|zal|komt|helpt)\b/,
    ],
    offers: /\?|\b(?:als|indien|wilt|wil je|zou|altijd)\b/,
    denies: /\b(?:ik kan|kan ik|niet|geen)\b/,
  },
  {
    // Turkish
    promises: [
      /(?:temsilci|yetkili|arkadaş)\w*.{0,30}(?:aktarıyorum|bağlıyorum|aktaracağım|yönlendiriyorum|bağlayacağım)/,
    ],
    offers: /\?|(?:isterseniz|istersen|eğer|ister misiniz)/,
    denies: /(?:amıyorum|emiyorum|amam|emem)/,
  },
  {
    // Arabic
    promises: [
      /(?:سأقوم بتحويلك|سأحولك|سوف أحولك|أقوم بتحويلك|سأوصلك|جاري تحويلك|تم تحويلك|يتم تحويلك|سيتواصل معك|سينضم إليك)/,
    ],
    offers: /؟|\?|(?:إذا|هل |لو )/,
    denies: /(?:يمكنني|أستطيع|لا )/,
  },
  {
    // Chinese
    promises: [
      /(?:正在|马上|現在|现在|我会|我會|我将|我將|立即|这就|這就|已)(?:为您|為您|为你|帮您|幫您|将您|把您|給您|给您)?(?:转接|轉接|转到|转给|轉給|联系|接通|转)(?:至|到|给|給)?.{0,6}(?:人工|客服|同事|专员|專員)/,
    ],
    offers: /[?？吗嗎]|(?:如果|如需|若|是否|需要的话|要不要|随时)/,
    denies: /(?:可以|无法|不能)/,
  },
  {
    // Japanese
    promises: [
      /(?:担当者|オペレーター|スタッフ|人間)(?:に|へ|と).{0,10}(?:おつなぎします|お繋ぎします|転送します|引き継ぎます|交代します|つなぎます)/,
    ],
    offers: /[?？]|(?:場合|たら|れば|でしょうか)/,
    denies: /(?:ません|できます)/,
  },
];

/** Whether the answer tells the customer that a human takes over, so that it must be made true. */
export function promisesHuman(answer: string): boolean {
  return sentencesOf(answer).some((sentence) =>
    phrasings.some(
      ({ promises, offers, denies }) =>
        !offers.test(sentence) &&
        clausesOf(sentence).some((clause) => !denies.test(clause) && promises.some((promise) => promise.test(clause))),
    ),
  );
}

function sentencesOf(answer: string): string[] {
  return answer
    .toLowerCase()
    .replaceAll('’', "'")
    .split(/(?<=[.!?…])\s+|(?<=[。！？؟])|\n+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/** "I can't help with that, so I'm connecting you with an agent" denies in one clause and promises in the other. */
function clausesOf(sentence: string): string[] {
  const clauses = sentence.split(/[,;:–—，；،]\s*|\s(?:so|but|aber|daher|mais|donc|pero|así que|ma|mas|maar)\s/u);
  return [sentence, ...clauses].filter((clause) => clause !== '');
}
