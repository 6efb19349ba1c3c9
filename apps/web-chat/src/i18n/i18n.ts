import { isolated } from '@baton/client';
import { en } from './en.ts';
import type { TextKey, Texts, Values } from './texts.ts';

/** What a page needs of a language: its words, its numbers and dates, its direction. */
export interface Language {
  /** BCP 47. */
  tag: string;
  direction: 'ltr' | 'rtl';
  say: <Key extends TextKey>(key: Key, ...values: Values<Key>) => string;
  /** The time of day. */
  time: (at: Date) => string;
  day: (at: Date, now?: Date) => string;
  dateTime: (at: Date) => string;
  /** '5 min', '1 h 20 min': in minutes, and from ten hours on in hours. */
  duration: (minutes: number) => string;
}

/** Languages other than English are loaded when they are wanted. */
const others: Record<string, () => Promise<Texts>> = {
  de: async () => (await import('./de.ts')).de,
  es: async () => (await import('./es.ts')).es,
  ar: async () => (await import('./ar.ts')).ar,
  zh: async () => (await import('./zh.ts')).zh,
};
export const languages: readonly string[] = ['en', ...Object.keys(others)];

/** The first of the wanted languages that we have, whatever its region: 'de-AT' is 'de'. English when there is none. */
export function chooseLanguage(wanted: readonly string[]): string {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split(/[-_]/)[0] ?? '';
    if (languages.includes(base)) return Intl.getCanonicalLocales(base === 'en' ? safeTag(tag) : base)[0] ?? base;
  }
  return 'en';
}

/** Dates of English depend on the region: the tag as it was given, if it is one. */
function safeTag(tag: string): string {
  try {
    return new Intl.Locale(tag.replaceAll('_', '-')).baseName;
  } catch {
    return 'en';
  }
}

export async function loadLanguage(tag: string): Promise<Language> {
  const load = others[tag.split('-')[0] ?? ''];
  return createLanguage(tag, load === undefined ? en : await load());
}

export function createLanguage(tag: string, texts: Texts): Language {
  const plurals = new Intl.PluralRules(tag);
  const numbers = new Intl.NumberFormat(tag);
  const time = new Intl.DateTimeFormat(tag, { hour: 'numeric', minute: '2-digit' });
  const day = new Intl.DateTimeFormat(tag, { weekday: 'long', day: 'numeric', month: 'long' });
  const dateTime = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' });
  const direction = tag.startsWith('ar') ? 'rtl' : 'ltr';
  const say = (key: TextKey, values: Record<string, string | number> = {}): string => {
    const text = texts[key];
    const form = typeof text === 'string' ? text : (text[plurals.select(Number(values.n))] ?? text.other);
    return form.replace(/\{(\w+)\}/g, (hole, name: string) => {
      const value = values[name];
      return typeof value === 'number' ? numbers.format(value) : isolated(value ?? hole, direction);
    });
  };
  return {
    tag,
    direction,
    say,
    time: (at) => time.format(at),
    day(at, now = new Date()) {
      const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
      if (days === 0) return say('today');
      return days === 1 ? say('yesterday') : day.format(at);
    },
    dateTime: (at) => dateTime.format(at),
    duration(minutes) {
      if (minutes < 60) return say('minutes', { n: minutes });
      if (minutes >= 600) return say('hours', { n: Math.round(minutes / 60) });
      const hours = say('hours', { n: Math.floor(minutes / 60) });
      return minutes % 60 === 0 ? hours : `${hours} ${say('minutes', { n: minutes % 60 })}`;
    },
  };
}

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}
