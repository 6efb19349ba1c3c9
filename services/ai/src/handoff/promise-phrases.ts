/**
 * How one language promises a human: sources of expressions in RE2's syntax, which meet text in lower case.
 * A word boundary knows ASCII letters only, so none stands beside a letter with an accent.
 */
export interface Phrasings {
  /** Forms of speech that promise. */
  promises: readonly string[];
  /** What makes the whole sentence an offer, a question or a condition. */
  offers: string;
  /** What makes one clause a refusal or a mere possibility; another clause of the sentence may still promise. */
  denies: string;
}

const EN_WHO =
  '(?:(?:a|an|our|one of our|the|another|someone from our|a member of our) )?(?:(?:live|human|real|support|service|customer|customer service|customer support|available) )*(?:agents?|humans?|person|colleagues?|representatives?|specialists?|team ?members?|team|staff|operators?|advisors?|supervisors?|managers?|support|someone|somebody)';

export const phrasings: readonly Phrasings[] = [
  {
    // English
    promises: [
      `\\b(?:i am|i'm|im|i will|i'll|we are|we're|we will|we'll|let me|allow me to|going to|i have|i've|we have|we've|i) (?:now |just |already |go ahead and |get you |be )*(?:connect|transferr?|hand|pass|forward|escalat|redirect|rout|put|get|bring|switch|direct)(?:ed|ing|e|ting|s)?\\b.{0,50}\\b(?:to|with|over|through|in|on) (?:to |with )?${EN_WHO}\\b`,
      String.raw`\b(?:i am|i'm|im|i will|i'll|let me|i have|i've|we'll|we will|you are being|you're being|you will be|you'll be) (?:now |just |go ahead and )*(?:transferr?|connect|hand)(?:ed|ing|e)?(?: you(?: over| through| now)?)?(?: now| over)?(?: to\b.*| with\b.*|[.!,…]|$)`,
      String.raw`\b(?:please )?(?:hold|wait|stand by|bear with me|one moment|just a moment)\b.{0,40}\b(?:while|as) i (?:connect|transfer|hand|find|get|bring|put)\b`,
      `\\b${EN_WHO} (?:will|is going to|'ll|is about to|should) (?:now |soon |shortly )*(?:be with you|be right with you|join|take over|take it from here|assist you|help you|contact you|reach out|reply|respond|get back to you|be in touch|continue)`,
      String.raw`\bsomeone will be (?:right )?with you\b`,
      String.raw`\b(?:connecting|transferring|handing) you\b.{0,20}\b(?:now|to|over|with)\b`,
    ],
    offers: String.raw`\?|\b(?:if|unless|in case|would you|do you want|shall i|should i|when(?:ever)? you|once you|as soon as you|at any time|any ?time|(?:you can|just|simply) (?:ask|say|tell|write|type)|let me know|happy to|glad to|feel free)\b`,
    denies: String.raw`\b(?:(?:i|we|you) (?:can|could|may|might)|(?:can|could) (?:i|we)|cannot|unable|not|never|no longer)\b|n't\b`,
  },
  {
    // German
    promises: [
      String.raw`\bich (?:verbinde|leite|übergebe|gebe|hole|stelle)\b.{0,60}\b(?:kolleg\w*|mitarbeiter\w*|menschen|person|berater\w*|support|team|weiter|durch)\b`,
      String.raw`\bich (?:verbinde|übergebe) (?:sie|dich)\b`,
      String.raw`\bich (?:werde|habe)\b.{0,50}\b(?:verbinden|verbunden|weiterleiten|weitergeleitet|weitergegeben|übergeben)\b`,
      String.raw`\b(?:sie|du) (?:werden|wirst)\b.{0,40}\b(?:verbunden|weitergeleitet|übergeben)\b`,
      String.raw`\b(?:kolleg\w*|mitarbeiter\w*|mensch|berater\w*)\b.{0,30}\b(?:wird|meldet|kümmert|übernimmt)\b`,
    ],
    offers: String.raw`\?|\b(?:wenn|falls|sofern|sobald|möchten|möchtest|wollen sie|willst du|soll ich|jederzeit|gerne)\b`,
    denies: String.raw`\b(?:ich (?:kann|könnte|darf)|kann ich|könnte ich|nicht|kein\w*)\b`,
  },
  {
    // French
    promises: [
      String.raw`\bje (?:vous|te) (?:mets|passe|transfère|connecte|transmets|redirige|oriente)\b`,
      String.raw`\bje (?:transfère|transmets|fais suivre|vais (?:vous |te )?(?:transférer|mettre en relation|passer|connecter|transmettre))\b`,
      String.raw`\b(?:vous allez|vous serez|tu vas) être (?:mise?|transférée?|connectée?|redirigée?)\b`,
      String.raw`\bun(?:e)? (?:agent|conseill\w+|collègue|humain|opérat\w+|personne)\b.{0,30}\b(?:va|prendra|vous répondra|vous contactera|prend le relais|arrive)\b`,
    ],
    offers: String.raw`\?|\b(?:si|souhaitez|voulez|veux-tu|puis-je|dès que vous|à tout moment)\b`,
    denies: String.raw`\b(?:je (?:peux|pourrais)|ne|pas)\b|\bn'`,
  },
  {
    // Spanish
    promises: [
      String.raw`\b(?:le|te|lo|la|os) (?:paso|comunico|conecto|transfiero|derivo|pondré|transferiré|comunicaré|conectaré|estoy (?:transfiriendo|conectando|pasando))\b`,
      String.raw`\bvoy a (?:transferir|pasar|conectar|comunicar|derivar)(?:le|te|lo|la)?\b`,
      String.raw`\bhe (?:transferido|pasado|derivado|escalado)\b`,
      String.raw`\bun(?:a)? (?:agente|persona|compañer\w+|asesor\w*|operador\w*|colega)\b.{0,30}\b(?:le|te|se) (?:atender|contactar|responder|pondr|ayudar)[\wáé]+`,
    ],
    offers: String.raw`\?|\b(?:si|quiere|quieres|desea|deseas|cuando quiera|en cualquier momento)\b`,
    denies: String.raw`\b(?:puedo|podría|no)\b`,
  },
  {
    // Italian
    promises: [
      String.raw`\b(?:la|ti|vi) (?:metto in contatto|passo|trasferisco|collego|inoltro|metterò in contatto|passerò|trasferirò)\b`,
      String.raw`\bsto (?:trasferendo|passando|inoltrando|collegando)`,
      String.raw`\bun(?:'|o |a )? ?(?:operator\w*|collega|agente|persona|consulente)\b.{0,30}\b(?:la|ti) (?:contatter|assister|aiuter|risponder)\w+`,
    ],
    offers: String.raw`\?|\b(?:se|vuole|vuoi|desidera|in qualsiasi momento)\b`,
    denies: String.raw`\b(?:posso|potrei|non)\b`,
  },
  {
    // Portuguese
    promises: [
      String.raw`\b(?:vou|estou a|estou) (?:te |o |a |lhe )?(?:transferi\w*|passa\w*|conecta\w*|encaminha\w*|liga\w*)\b.{0,60}`,
      String.raw`\bum(?:a)? (?:agente|atendente|colega|pessoa|humano|operador\w*)\b.{0,30}\b(?:vai|irá|entrará em contato|entrará em contacto|assumirá)\b`,
    ],
    offers: String.raw`\?|\b(?:se|quiser|quer|deseja|gostaria|a qualquer momento)\b`,
    denies: String.raw`\b(?:posso|poderia|não)\b`,
  },
  {
    // Dutch
    promises: [
      String.raw`\bik (?:verbind|schakel|geef|zet|breng)\b.{0,50}\b(?:door|over|met|collega|medewerker)\b`,
      String.raw`\bik ga (?:je|u)\b.{0,40}\b(?:doorverbinden|overdragen)\b`,
      String.raw`\been (?:collega|medewerker|mens|agent)\b.{0,30}\b(?:neemt|zal|komt|helpt)\b`,
    ],
    offers: String.raw`\?|\b(?:als|indien|wilt|wil je|zou|altijd)\b`,
    denies: String.raw`\b(?:ik kan|kan ik|niet|geen)\b`,
  },
  {
    // Turkish
    promises: [
      String.raw`(?:temsilci|yetkili|arkadaş)\w*.{0,30}(?:aktarıyorum|bağlıyorum|aktaracağım|yönlendiriyorum|bağlayacağım)`,
    ],
    offers: String.raw`\?|(?:isterseniz|istersen|eğer|ister misiniz)`,
    denies: String.raw`(?:amıyorum|emiyorum|amam|emem)`,
  },
  {
    // Arabic
    promises: [
      String.raw`(?:سأقوم بتحويلك|سأحولك|سوف أحولك|أقوم بتحويلك|سأوصلك|جاري تحويلك|تم تحويلك|يتم تحويلك|سيتواصل معك|سينضم إليك)`,
    ],
    offers: String.raw`؟|\?|(?:إذا|هل |لو )`,
    denies: String.raw`(?:يمكنني|أستطيع|لا )`,
  },
  {
    // Chinese
    promises: [
      String.raw`(?:正在|马上|現在|现在|我会|我會|我将|我將|立即|这就|這就|已)(?:为您|為您|为你|帮您|幫您|将您|把您|給您|给您)?(?:转接|轉接|转到|转给|轉給|联系|接通|转)(?:至|到|给|給)?.{0,6}(?:人工|客服|同事|专员|專員)`,
    ],
    offers: String.raw`[?？吗嗎]|(?:如果|如需|若|是否|需要的话|要不要|随时)`,
    denies: String.raw`(?:可以|无法|不能)`,
  },
  {
    // Japanese
    promises: [
      String.raw`(?:担当者|オペレーター|スタッフ|人間)(?:に|へ|と).{0,10}(?:おつなぎします|お繋ぎします|転送します|引き継ぎます|交代します|つなぎます)`,
    ],
    offers: String.raw`[?？]|(?:場合|たら|れば|でしょうか)`,
    denies: String.raw`(?:ません|できます)`,
  },
];
