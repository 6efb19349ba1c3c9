import { describe, expect, it } from 'vitest';
import { promisesHuman } from './promise.ts';
import { phrasings } from './promise-phrases.ts';

describe('[A3] an answer that promises a human', () => {
  it.each([
    "I'm connecting you with a human agent now.",
    'I’ll transfer you to one of our agents.',
    'Let me connect you with a member of our team!',
    "Sure. I'll hand this over to a colleague.",
    'Please hold while I transfer you.',
    'An agent will be with you shortly.',
    'A human colleague will take over from here.',
    'You are being transferred now.',
    'You will be connected to a specialist in a moment.',
    'I have escalated your request to our support team.',
    "I've forwarded this to a human representative.",
    "I'm going to get you over to a live agent.",
    'Transferring you now...',
    'Someone will be right with you.',
    'I understand. Let me transfer you.',
    'One moment, while I connect you.',
    "I'll transfer you to a specialist who can help you further.",
    "I'm sorry, I can't help with that, so I'm connecting you with a human agent.",
    "I don't know that but I will pass this on to a colleague.",
    'Das kann ich leider nicht beantworten, daher verbinde ich Sie. Ich verbinde Sie mit einem Kollegen.',
    'Ich verbinde Sie mit einer Kollegin.',
    'Ich leite Sie jetzt an einen Mitarbeiter weiter.',
    'Ich habe Ihr Anliegen an unser Team weitergeleitet.',
    'Sie werden gleich mit einem Menschen verbunden.',
    'Ein Mitarbeiter wird sich gleich um Sie kümmern.',
    'Je vous mets en relation avec un conseiller.',
    'Je vais vous transférer à un agent.',
    'Un conseiller va prendre le relais.',
    'Le paso con un agente.',
    'Voy a transferirle con una persona.',
    'Un agente se pondrá en contacto con usted.',
    'La metto in contatto con un operatore.',
    'Vou transferir você para um atendente.',
    'Ik verbind u door met een collega.',
    'Sizi bir temsilciye aktarıyorum.',
    'سأقوم بتحويلك إلى أحد ممثلينا.',
    '我现在为您转接人工客服。',
    '担当者におつなぎします。',
  ])('promises: %s', (answer) => expect(promisesHuman(answer)).toBe(true));

  it.each([
    'I can connect you with a human if you like.',
    'Would you like me to transfer you to an agent?',
    'If you prefer, I will connect you with a colleague.',
    'Just tell me when you want to talk to a human.',
    "I'm happy to connect you with an agent.",
    'I cannot transfer you to the bank.',
    "I can help you with that, and I can't connect you to a human right now.",
    'An agent can help you with that.',
    'You can talk to an agent any time: just ask.',
    "I won't hand you over without your consent.",
    'You can ask for a human at any time.',
    'Our team ships orders within two days.',
    'Our support team is available from 9 to 5.',
    'Let me check that for you.',
    'I will transfer the file format into plain words: it is a PNG.',
    "I'm an AI assistant, not a human.",
    'Please connect the lamp to the power supply with the cable.',
    'A refund will be with you within five days.',
    "Hello! I'm an AI assistant and happy to help. You can ask for a human at any time, and I'll hand you over.",
    'Wenn Sie möchten, verbinde ich Sie mit einem Kollegen.',
    'Soll ich Sie mit einem Mitarbeiter verbinden?',
    'Unsere Mitarbeiter sind von 9 bis 17 Uhr da.',
    'Je peux vous mettre en relation avec un conseiller.',
    'Souhaitez-vous que je vous passe un agent ?',
    'Si quiere, le paso con un agente.',
    'Puedo transferirle con una persona.',
    'Se vuole, la metto in contatto con un operatore.',
    'Posso transferir você para um atendente, se quiser.',
    'Als u wilt, verbind ik u door met een collega.',
    '如果需要，我可以为您转接人工客服。',
    'ご希望の場合は担当者におつなぎします。',
    '',
  ])('does not: %s', (answer) => expect(promisesHuman(answer)).toBe(false));
});

describe('[A1] an answer that repeats itself', () => {
  const SIZE = 16_384;
  const LIMIT_MS = 5;
  /**
   * CPU time of the quickest of some calls, in milliseconds: the first ones compile, and on a busy machine the caches
   * are cold, so a slow answer is measured more often.
   */
  const costOf = (answer: string) => {
    let quickest = Number.POSITIVE_INFINITY;
    for (let n = 0; n < 5 || (n < 50 && quickest > LIMIT_MS); n++) {
      const before = process.cpuUsage();
      promisesHuman(answer);
      quickest = Math.min(quickest, process.cpuUsage(before).user / 1_000);
    }
    return quickest;
  };
  const alternatives = new Set(
    phrasings
      .flatMap(({ promises, offers, denies }) => [...promises, offers, denies])
      .flatMap((source) => source.split(/[\\()[\]?*+|{}^$.:]+/))
      .filter((words) => words.length > 2),
  );

  it('takes time in proportion to its length', { timeout: 60_000 }, () => {
    const beginnings = ["i'm ", 'i will connect you to a ', 'un agent ', 'ich habe '];
    const costs = [...alternatives].flatMap((words) =>
      [words, `${words} `].map((piece, n) => {
        const answer = `${beginnings[n % beginnings.length]}${piece.repeat(Math.ceil(SIZE / piece.length))}`;
        return { piece, ms: costOf(answer) };
      }),
    );
    expect(costs.length).toBeGreaterThan(500);
    expect(costs.filter(({ ms }) => ms > LIMIT_MS)).toEqual([]);
  });

  it.each(['customer service ', 'x. ', ', ', '!', ' \n', '正在', '\u0000'])('so does %j', (piece) => {
    expect(costOf(`i'm ${piece.repeat(SIZE / piece.length)}`)).toBeLessThan(LIMIT_MS);
  });
});
