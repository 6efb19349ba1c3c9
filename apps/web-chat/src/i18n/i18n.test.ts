import { isNameOfBot } from '@baton/contracts';
import { describe, expect, it } from 'vitest';
import { ar } from './ar.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { chooseLanguage, createLanguage } from './i18n.ts';
import type { Texts } from './texts.ts';
import { zh } from './zh.ts';

const all: Record<string, Texts> = { en, de, es, ar, zh };
const holesIn = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])];
const forms = (text: Texts[keyof Texts]): string[] => (typeof text === 'string' ? [text] : Object.values(text));

describe.each(Object.entries(all))('the texts in %s', (tag, texts) => {
  it('fill in what the English ones fill in', () => {
    for (const [key, english] of Object.entries(en) as [keyof Texts, Texts[keyof Texts]][]) {
      const known = new Set(forms(english).flatMap(holesIn));
      const own = new Set(forms(texts[key]).flatMap(holesIn));
      expect(own, key).toEqual(known);
    }
  });

  it('have each plural form that the language has', () => {
    const needed: string[] = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;
    for (const [key, text] of Object.entries(texts)) {
      if (typeof text !== 'string') expect(new Set(Object.keys(text)), key).toEqual(new Set(needed));
    }
  });

  it('leave nothing out and nothing open', () => {
    const { say } = createLanguage(tag, texts);
    for (const n of [0, 1, 2, 3, 11, 100]) {
      for (const said of [say('ahead', { n }), say('minutes', { n }), say('agentTitle', { name: 'Ada' })])
        expect(said).not.toMatch(/[{}]|undefined/);
    }
  });
});

it('chooses the first wanted language that there is', () => {
  expect(chooseLanguage(['fr-FR', 'de-AT', 'en'])).toBe('de');
  expect(chooseLanguage(['zh-Hant-TW'])).toBe('zh');
  expect(chooseLanguage(['en-GB', 'de'])).toBe('en-GB');
  expect(chooseLanguage(['tlh', '', '../../etc', 'en_US'])).toBe('en-US');
  expect(chooseLanguage([])).toBe('en');
});

it('says numbers by their plural rules', () => {
  const arabic = createLanguage('ar', ar);
  expect(arabic.direction).toBe('rtl');
  expect(new Set([1, 2, 3, 11].map((n) => arabic.say('ahead', { n }))).size).toBe(4);
  const english = createLanguage('en', en);
  expect(english.say('ahead', { n: 1 })).toBe('1 person is ahead of you.');
  expect(english.say('ahead', { n: 1_200 })).toBe('1,200 people are ahead of you.');
});

it('calls the bot what no agent may be called', () => {
  for (const texts of [en, de, es, zh, ar]) expect(isNameOfBot(texts.assistant), texts.assistant).toBe(true);
});

it('keeps a name in letters of the other direction to itself', () => {
  const arabic = createLanguage('ar', ar);
  expect(arabic.say('agentTitle', { name: 'Grace' })).toContain('\u2068Grace\u2069');
  expect(arabic.say('agentTitle', { name: 'ليلى' })).not.toContain('\u2068');
  expect(createLanguage('en', en).say('agentTitle', { name: 'ليلى' })).toContain('\u2068ليلى\u2069');
});

it('calls days by what they are to the reader', () => {
  const { day } = createLanguage('en', en);
  const now = new Date(2026, 2, 2, 0, 10);
  expect(day(new Date(2026, 2, 2, 0, 5), now)).toBe('Today');
  expect(day(new Date(2026, 2, 1, 23, 59), now)).toBe('Yesterday');
  expect(day(new Date(2026, 1, 20), now)).toBe('Friday, February 20');
});

it('says how long something takes in one form, by its length', () => {
  const { duration } = createLanguage('en', en);
  expect([1, 59, 60, 80, 610].map(duration)).toEqual(['1 min', '59 min', '1 h', '1 h 20 min', '10 h']);
  expect(createLanguage('de', de).duration(125)).toBe('2 Std. 5 Min.');
  expect(createLanguage('zh', zh).duration(80)).toBe('1 小时 20 分钟');
});
