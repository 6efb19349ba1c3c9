import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentName, isNameOfBot } from '../index.ts';

/** Any character, and more often those that meet each other in a name. */
const awkward = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  fc.constantFrom(' ', 'e', '\u0301', '\u0308', '\u200b', '\u200d', '\ue000', '\u3164', '\u1100', '\u1161', '\u11a8'),
);

describe('[S2] the name of an agent', () => {
  it.each([
    ['Grace  Hopper ', 'Grace Hopper'],
    ['Grace\nHopper', 'Grace Hopper'],
    ['\u202eecarG', 'ecarG'],
    ['Gra\u200bce\u2066', 'Grace'],
    ['Ｇｒａｃｅ', 'Grace'],
    ['Gra\u0000ce\ud83d', 'Grace'],
    ['José', 'José'],
    ['علی\u200cرضا', 'علی\u200cرضا'],
    ['\u200dGrace\u200d', 'Grace'],
    ['ليلى', 'ليلى'],
    ['👩🏽\u200d🚀 Élise', '👩🏽\u200d🚀 Élise'],
    [`Zo${'\u0301'.repeat(40)}e`, 'Zó\u0301\u0301\u0301\u0301e'],
    ['Grace\ue000\u{f0000}', 'Grace'],
    ['Grace \u200b Hopper', 'Grace Hopper'],
    ['Grace \ue000 Hopper', 'Grace Hopper'],
    ['Zoe\u200b\u0308', 'Zoë'],
    ['李雷', '李雷'],
    ["O'Brien-Łukasz, Jr.", "O'Brien-Łukasz, Jr."],
  ])('%j is %j', (written, plain) => expect(agentName.parse(written)).toBe(plain));

  it.each(['', ' ', '\u200b', '\u3164', '\u2800 \u2800', '\u202e\n\t', '...', '—', '\u0301'])(
    '%j is none: it is blank',
    (blank) => {
      expect(agentName.safeParse(blank).error?.issues[0]?.message).toBe('must not be blank');
    },
  );

  it.each([
    ...[
      'Assistant',
      'assistant',
      ' ASSISTANT. ',
      'Ａssistant',
      'Аssistаnt',
      'Ass1stant',
      'Assis\u200btant',
      'Ássistant',
    ],
    ...['Assistent', 'Asistente', 'المساعد', '智能助手', 'Bot', 'AI Assistant', 'System'],
  ])('%j is none: customers would take it for the bot', (name) => {
    expect(agentName.safeParse(name).error?.issues[0]?.message).toBe('must not be what the bot is called');
  });

  it('may have the word in it', () => {
    expect(agentName.parse('Grace, assistant manager')).toBe('Grace, assistant manager');
  });

  it('is not what the operator calls the bot, either', () => {
    expect(isNameOfBot('lumi', 'Lumi')).toBe(true);
    expect(isNameOfBot('Lumière', 'Lumi')).toBe(false);
    expect(isNameOfBot('Grace', '')).toBe(false);
  });

  it('does not change when it is made plain again', () => {
    fc.assert(
      fc.property(fc.string({ unit: awkward, maxLength: 60 }), (written) => {
        const once = agentName.safeParse(written);
        if (once.success) expect(agentName.parse(once.data)).toBe(once.data);
      }),
    );
  });
});
