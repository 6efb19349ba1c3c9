import { normalise } from './text.ts';

export type Language = 'en' | 'de' | 'es' | 'fr' | 'ar' | 'zh';

interface Phrases {
  readonly human: RegExp;
  readonly upset: RegExp;
  readonly greeting: RegExp;
  readonly thanks: RegExp;
  readonly goodbye: RegExp;
  readonly poem: RegExp;
  readonly replies: {
    readonly greeting: string;
    readonly thanks: string;
    readonly goodbye: string;
    /** Said after the transfer tool has succeeded, never before. */
    readonly handedOff: string;
    /** Why a person takes over, whatever the cause. */
    readonly personNeeded: string;
  };
}

/**
 * Phrases of the languages besides English, matched against normalised text (no accents: "möchte" is "mochte").
 * The offline model knows only enough of each to greet and to get a person.
 */
export const LANGUAGES: Readonly<Record<Exclude<Language, 'en'>, Phrases>> = {
  de: {
    human:
      /\b(?:sprechen|reden|schreiben|verbind\w*|weiterleit\w*|chatten)\b.*\b(?:mensch(?:en)?|person|mitarbeiter(?:in)?|berater(?:in)?|kolleg\w+|jemand(?:en|em)?|support|kundendienst|kundenservice)\b|\b(?:mensch(?:en)?|person|mitarbeiter(?:in)?|berater(?:in)?|kolleg\w+|jemand(?:en|em)?|kundendienst|kundenservice)\b.*\b(?:sprechen|reden|schreiben|verbind\w*|chatten)\b|\b(?:will|mochte|brauche|hatte gern\w*|bitte|gib mir|geben sie mir)\b.{0,20}\b(?:mensch(?:en)?|mitarbeiter(?:in)?|berater(?:in)?|echte[nr]? person)\b|^(?:ein(?:en)? )?(?:echte[nr]? )?(?:mensch|mitarbeiter(?:in)?|berater(?:in)?)(?: bitte)?[.!]*$/,
    upset:
      /\b(?:unverschamt\w*|frechheit|unmoglich hier|eine zumutung|stinksauer|wutend|katastrophe|sauerei|so ein mist)\b/,
    greeting: /^(?:hallo|guten (?:tag|morgen|abend)|servus|moin(?: moin)?|gruss gott|gruss dich)\b/,
    thanks: /^(?:danke|vielen dank|dankeschon|herzlichen dank)\b/,
    goodbye: /^(?:tschuss|auf wiedersehen|bis bald|ciao)\b/,
    poem: /\b(?:gedicht|haiku)\b/,
    replies: {
      greeting:
        'Hallo! Ich bin Batons Offline-Modell, ein kleiner Ersatz, der nach Regeln antwortet, am besten auf Englisch. Einen Menschen können Sie jederzeit verlangen.',
      thanks: 'Gern geschehen!',
      goodbye: 'Auf Wiedersehen!',
      personNeeded: 'Ein Mensch sollte sich das ansehen.',
      handedOff:
        'Erledigt: Ihr Anliegen liegt jetzt mit einer kurzen Zusammenfassung bei unserem Team. Was Sie hier schreiben, geht nicht verloren.',
    },
  },
  es: {
    human:
      /\b(?:hablar|chatear|comunicar\w*|comunica\w*|comunique\w*|conect\w*|pas[ae]\w*|transf\w*)\b.*\b(?:human[oa]|persona|agente|operador[a]?|representante|alguien|encargad[oa]|supervisor[a]?|asesor[a]?|gerente)\b|\b(?:quiero|quisiera|necesito|prefiero)\b (?:a |con |ver a )?(?:un[a]? )?(?:human[oa]|persona real|agente|operador[a]?|asesor[a]?|ser humano)\b|^(?:un[a]? )?(?:human[oa]|agente|operador[a]?|persona real)(?:,? por favor)?[.!]*$|atencion al cliente/,
    upset: /\b(?:inaceptable|verguenza|estoy hart[oa]|furios[oa]|enfadad[oa]|enojad[oa]|estafa|pesimo servicio)\b/,
    greeting: /^¿?¡?(?:hola|buenos dias|buenas(?: tardes| noches)?|que tal)\b/,
    thanks: /^¡?(?:muchas )?gracias\b/,
    goodbye: /^¡?(?:adios|hasta luego|hasta pronto|chao)\b/,
    poem: /\bpoema\b/,
    replies: {
      greeting:
        '¡Hola! Soy el modelo sin conexión de Baton, un pequeño sustituto basado en reglas que responde mejor en inglés. Puede pedir una persona cuando quiera.',
      thanks: '¡De nada!',
      goodbye: '¡Hasta luego!',
      personNeeded: 'Una persona debería ocuparse de esto.',
      handedOff: 'Hecho: nuestro equipo tiene su consulta con un breve resumen. Nada de lo que escriba aquí se pierde.',
    },
  },
  fr: {
    human:
      /\b(?:parler|discuter|echanger|joindre|contacter)\b.*\b(?:humain|personne|agent|conseill(?:er|ere)|quelqu'un|operat(?:eur|rice)|responsable|service client)\b|\b(?:veux|voudrais|souhaite|prefere|besoin d'|besoin de|passez-moi|mettez-moi|transferez-moi|donnez-moi)\b.{0,20}\b(?:humain|conseill(?:er|ere)|vraie personne|agent|operat(?:eur|rice)|responsable)\b|^(?:une? )?(?:humain|agent|conseill(?:er|ere)|vraie personne)(?:,? s'il (?:vous|te) plait)?[.!]*$/,
    upset: /\b(?:inadmissible|scandaleux|j'en ai marre|ras le bol|furieux|furieuse|arnaque|honteux|c'est nul)\b/,
    greeting: /^(?:bonjour|bonsoir|salut|coucou)\b/,
    thanks: /^(?:merci|je vous remercie)\b/,
    goodbye: /^(?:au revoir|a bientot|bonne journee)\b/,
    poem: /\bpoeme\b/,
    replies: {
      greeting:
        'Bonjour ! Je suis le modèle hors ligne de Baton, un petit remplaçant à base de règles qui répond mieux en anglais. Vous pouvez demander une personne à tout moment.',
      thanks: 'Je vous en prie !',
      goodbye: 'Au revoir !',
      personNeeded: 'Une personne devrait s’en occuper.',
      handedOff:
        "C'est fait : notre équipe a reçu votre demande avec un court résumé. Rien de ce que vous écrivez ici n'est perdu.",
    },
  },
  ar: {
    human: anyOf(
      'شخص حقيقي',
      'إنسان',
      'موظف',
      'خدمة العملاء',
      'مندوب',
      'وكيل بشري',
      'أتحدث مع شخص',
      'التحدث مع شخص',
      'التحدث إلى شخص',
      'أكلم شخص',
      'التكلم مع شخص',
      'أحد من الفريق',
      'ممثل الدعم',
    ),
    upset: anyOf('غير مقبول', 'أنا غاضب', 'مستاء', 'خدمة سيئة', 'فضيحة', 'نصب'),
    greeting: anyOf('مرحبا', 'السلام عليكم', 'أهلا', 'صباح الخير', 'مساء الخير'),
    thanks: anyOf('شكرا'),
    goodbye: anyOf('مع السلامة', 'إلى اللقاء'),
    poem: anyOf('قصيدة', 'شعرا'),
    replies: {
      greeting:
        'مرحبًا! أنا نموذج باتون الذي يعمل دون اتصال، بديل صغير يتبع قواعد ويجيب أفضل بالإنجليزية. يمكنك طلب شخص في أي وقت.',
      thanks: 'على الرحب والسعة!',
      goodbye: 'مع السلامة!',
      personNeeded: 'ينبغي أن يهتم شخص بهذا الأمر.',
      handedOff: 'تم: وصل طلبك إلى فريقنا مع ملخص قصير. لن يضيع شيء مما تكتبه هنا.',
    },
  },
  zh: {
    human:
      /人工(?!智能|智慧)|真人|(?:转|轉|找|联系|聯繫|要|接|叫)(?:一[个個])?客服|(?:和|跟|与|與|找)(?:一[个個])?(?:真)?人(?:说话|說話|聊|谈|談|沟通|溝通)|客服人员|客服人員/,
    upset: /太过分|太過分|生气|生氣|垃圾服务|垃圾服務|骗子|騙子|投诉|投訴|无法接受|無法接受/,
    greeting: /^(?:你好|您好|嗨|哈喽|哈囉|早上好|晚上好)/,
    thanks: /^(?:谢谢|謝謝|多谢|多謝|感谢|感謝)/,
    goodbye: /^(?:再见|再見|拜拜)/,
    poem: /(?:写|寫|来|來|作).{0,6}诗|(?:写|寫|来|來|作).{0,6}詩/,
    replies: {
      greeting: '您好！我是 Baton 的离线模型，一个按规则回答的小替身，用英语回答得最好。您随时可以要求人工客服。',
      thanks: '不客气！',
      goodbye: '再见！',
      personNeeded: '需要由人工处理。',
      handedOff: '好了：您的问题和简短摘要已经交给我们的团队。您在这里写的内容不会丢失。',
    },
  },
};

/** Every language with its phrases. */
export const OTHER_LANGUAGES = Object.entries(LANGUAGES) as [Exclude<Language, 'en'>, Phrases][]; // keys are the type's

function anyOf(...phrases: string[]): RegExp {
  return new RegExp(phrases.map(normalise).join('|'));
}
