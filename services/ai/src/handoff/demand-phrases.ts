/** How one language asks for a human: sources of expressions in RE2's syntax, which meet text in lower case. */
export interface Demands {
  demands: readonly string[];
  /** What makes a sentence a refusal, or a question about who is talking. */
  denies: string;
}

const EN_WHO =
  '(?:(?:a|an|the|some|any|your|one of your|my|real|live|actual|human|another|different|support|service|sales|customer|customer service|customer support) )*(?:humans?|human being|agents?|representatives?|rep|operators?|advis[eo]rs?|specialist|managers?|supervisors?|staff|employees?|colleagues?|support team|person|people|someone|somebody|anyone)';

export const demandsByLanguage: readonly Demands[] = [
  {
    // English
    demands: [
      `\\b(?:speak|speaking|talk|talking|chat|chatting)(?: directly| now| here)? (?:to|with) ${EN_WHO}\\b`,
      `\\b(?:connect|transfer|switch|put|pass|hand|forward|escalate)\\w* (?:me|us|this|it)\\b.{0,24}\\b(?:to|with|through)\\b.{0,16}\\b${EN_WHO}\\b`,
      String.raw`\b(?:put me through|transfer me|connect me|hand me over|escalate this)\b`,
      `\\b(?:get|give|find|bring|fetch) (?:me|us) ${EN_WHO}\\b`,
      `\\b(?:want|need|require|demand|prefer|would like|'d like|rather have) (?:to have )?(?:a |an |the |some |real |live |actual |human )*(?:humans?|human being|agents?|representative|operator|manager|supervisor|real person|person)\\b`,
      `^(?:(?:please|just|now|ok|hello|hi|hey|a|an|the|real|live|human),? )*(?:human|agent|operator|representative|person|real person|human being)(?:,? (?:please|now|pls))*[.!?]*$`,
    ],
    denies: String.raw`\b(?:don't|do not|dont|no need|rather not|without|never mind)\b.{0,30}\b(?:human|agent|person|operator|transfer|connect)|\b(?:are|r) (?:you|u)\b|\bam i (?:\w+ )?(?:talking|speaking|chatting)\b|\bis this\b`,
  },
  {
    // German
    demands: [
      String.raw`\b(?:mit|an|zu) (?:einem|einer|einen|nem|ner|jemandem|dem|ihrem)? ?(?:echten |richtigen |menschlichen )*(?:menschen|mitarbeiter\w*|kolleg\w*|berater\w*|person|agenten|jemandem|support|kundendienst|kundenservice)\b.{0,40}\b(?:sprechen|reden|chatten|schreiben|verbinden|weiterleiten|verbunden)`,
      String.raw`\b(?:verbinden sie|verbinde|verbindet|leiten sie|leite) mich\b`,
      String.raw`\b(?:will|möchte|brauche|hätte gern\w*|bitte)\b.{0,24}\b(?:einen menschen|einen mitarbeiter|eine mitarbeiterin|echten menschen|echte person|menschlichen)\b`,
      String.raw`^(?:bitte )?(?:ein(?:en)? )?(?:echten? )?(?:mensch(?:en)?|mitarbeiter)(?: bitte)?[.!?]*$`,
    ],
    denies: String.raw`\b(?:nicht|kein\w*|bist du|sind sie ein)\b`,
  },
  {
    // French
    demands: [
      String.raw`\b(?:parler|discuter|échanger)\b.{0,12}(?:à|avec|a)\b.{0,12}\b(?:humain|personne|agent|conseill\w+|quelqu'un|opérat\w+|collègue)\b`,
      String.raw`\b(?:passez|mettez|transférez|connectez|passe|mets)-moi\b`,
      String.raw`\b(?:veux|voudrais|souhaite|besoin d')\b.{0,16}\b(?:un humain|une vraie personne|un agent|un conseiller|une conseillère)\b`,
      String.raw`^(?:un )?(?:humain|agent|conseiller),? (?:s'il vous plaît|svp)[.!?]*$`,
    ],
    denies: String.raw`\b(?:pas besoin|ne veux pas|êtes-vous|es-tu|pas parler)\b`,
  },
  {
    // Spanish
    demands: [
      String.raw`\b(?:hablar|chatear|comunicarme)\b.{0,8}\bcon\b.{0,16}\b(?:humano|persona|agente|alguien|asesor\w*|operador\w*|representante)\b`,
      String.raw`\b(?:páseme|pásame|comuníqueme|comunícame|transfiérame|transfiéreme|conécteme|conéctame)\b`,
      String.raw`\b(?:quiero|necesito|quisiera|prefiero)\b.{0,16}\b(?:un humano|una persona|un agente|un asesor)\b`,
    ],
    denies: String.raw`\b(?:no quiero|no necesito|eres un|es usted)\b`,
  },
  {
    // Italian
    demands: [
      String.raw`\b(?:parlare|chattare)\b.{0,8}\bcon\b.{0,16}\b(?:umano|persona|operator\w*|qualcuno|agente|consulente)\b`,
      String.raw`\b(?:passami|mi passi|mettetemi|trasferiscimi|mi trasferisca)\b`,
      String.raw`\b(?:voglio|vorrei|preferisco)\b.{0,16}\b(?:un umano|una persona|un operatore|un'operatrice)\b`,
    ],
    denies: String.raw`\b(?:non voglio|non ho bisogno|sei un)\b`,
  },
  {
    // Portuguese
    demands: [
      String.raw`\b(?:falar|conversar)\b.{0,8}\bcom\b.{0,16}\b(?:humano|pessoa|atendente|agente|alguém|operador\w*)`,
      String.raw`\b(?:me transfira|transfira-me|me passe|passe-me|me conecte)\b`,
      String.raw`\b(?:quero|preciso de|gostaria de)\b.{0,16}\b(?:um humano|uma pessoa|um atendente|um agente)\b`,
    ],
    denies: String.raw`\b(?:não quero|não preciso|você é)\b`,
  },
  {
    // Dutch
    demands: [
      String.raw`\bmet (?:een |iemand|jullie )?.{0,12}(?:mens|medewerker|collega|persoon|iemand|agent)\b.{0,24}\b(?:spreken|praten|chatten|verbonden)`,
      String.raw`\b(?:spreken|praten|chatten) met (?:een )?.{0,10}(?:mens|medewerker|collega|persoon|iemand|agent)\b`,
      String.raw`\bverbind me\b`,
    ],
    denies: String.raw`\b(?:niet|geen|ben jij|bent u)\b`,
  },
  {
    // Turkish
    demands: [String.raw`(?:temsilci|yetkili|insan|müşteri hizmetleri)\w*.{0,24}(?:bağla|görüş|konuş|aktar|istiyorum)`],
    denies: String.raw`(?:istemiyorum|gerek yok|misin)`,
  },
  {
    // Arabic
    demands: [
      String.raw`(?:أريد|اريد|أود|ممكن|حولني|أحتاج).{0,24}(?:موظف|إنسان|انسان|شخص|ممثل|خدمة العملاء)`,
      String.raw`(?:حولني|وصلني)`,
    ],
    denies: String.raw`(?:لا أريد|لا اريد|هل أنت)`,
  },
  {
    // Chinese
    demands: [
      String.raw`(?:转|轉|要|找|想|请|請|帮我|幫我).{0,8}(?:人工|真人|客服人员|客服人員|专员|專員)`,
      String.raw`^(?:人工|真人)(?:客服|服务|服務)?[。！!]*$`,
    ],
    denies: String.raw`(?:不要|不用|不需要|你是)`,
  },
  {
    // Japanese
    demands: [
      String.raw`(?:担当者|オペレーター|スタッフ|人間|有人).{0,12}(?:話|つない|繋い|代わって|変わって|お願い|対応)`,
    ],
    denies: String.raw`(?:必要ない|いりません|不要|ですか)`,
  },
  {
    // Thai
    demands: [String.raw`(?:ขอ|อยาก|ต้องการ).{0,20}(?:คุยกับ|ติดต่อ|พูดกับ)?.{0,8}(?:เจ้าหน้าที่|พนักงาน|คนจริง|แอดมิน)`],
    denies: String.raw`(?:ไม่ต้อง|ไม่อยาก)`,
  },
];
