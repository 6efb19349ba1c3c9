import { describe, expect, it } from 'vitest';
import { demandsHuman } from './demand.ts';
import { demandsByLanguage } from './demand-phrases.ts';

describe('[A3] a customer who asks for a human', () => {
  it.each([
    'I want to talk to a human',
    'Can I please speak with a real person?',
    "I'd like an agent.",
    'Connect me with your support team now!',
    'human please',
    'Agent!',
    'My lamp is broken. Get me a manager.',
    'transfer me',
    'Ich möchte mit einem Mitarbeiter sprechen',
    'Bitte verbinden Sie mich mit einem Menschen.',
    'Je voudrais parler à un conseiller',
    'Quiero hablar con una persona',
    'Vorrei parlare con un operatore',
    'Quero falar com um atendente',
    'Ik wil met een medewerker spreken',
    'Beni bir temsilciye bağlayın',
    'أريد التحدث مع موظف',
    '我要转人工',
    '人工客服',
    '担当者と話したいです',
    'ขอคุยกับเจ้าหน้าที่ค่ะ',
  ])('%s', (message) => expect(demandsHuman(message)).toBe(true));

  it.each([
    'Are you a human?',
    'Am I talking to a real person?',
    "I don't need an agent, just the price.",
    'When do you open?',
    'Is there a real estate agent near you?',
    'Der Mitarbeiter war freundlich.',
    'No quiero hablar con una persona',
    '你是真人吗',
    'The person who delivered it was nice.',
  ])('does not: %s', (message) => expect(demandsHuman(message)).toBe(false));

  it.each([...demandsByLanguage.flatMap(({ demands }) => demands), 'speak to a ', 'human ', 'please, ', '人工'])(
    'takes time in proportion to its length: %s',
    (source) => {
      const [piece = source] = source.split(/[()|\\[\]?*+{}^$]+/).filter((part) => part.trim().length > 2);
      const before = process.cpuUsage();
      demandsHuman(piece.repeat(Math.ceil(16_000 / piece.length)));
      expect(process.cpuUsage(before).user / 1_000).toBeLessThan(400);
    },
  );
});
