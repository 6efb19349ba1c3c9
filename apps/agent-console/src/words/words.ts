import { isolated } from '@baton/client';
import { english } from './words-en.ts';

type Forms = { readonly [Form in Intl.LDMLPluralRule]?: string } & { readonly other: string };
type Values = Record<string, string | number>;

/** The texts that the page shows. */
export const words = english;
const language = 'en';

const rules = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);

/** A number as people write it. */
export const number = (value: number): string => numbers.format(value);

const decimals = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
/** A number with one decimal. */
export const decimal = (value: number): string => decimals.format(value);

/** A text with its {names} filled in. What others wrote turns nothing of it around. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? number(value) : isolated(value);
  });
}

/** The form of a text that fits `count`, filled in; {count} is the number. */
export function counted(forms: Forms, count: number, values: Values = {}): string {
  return fill(forms[rules.select(count)] ?? forms.other, { count, ...values });
}

const percents = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
/** A share from 0 to 1. */
export const percent = (share: number): string => percents.format(share);

const times = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
/** A moment of today, as the reader's system writes it. */
export const timeOfDay = (iso: string | number): string => times.format(new Date(iso));

const days = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' });
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
export const moment = (iso: string): string => moments.format(new Date(iso));

/** The day of a message as a heading: 'Today', 'Yesterday', 'Monday, 2 March'. */
export function dayName(iso: string, now: number): string {
  const day = startOfDay(Date.parse(iso));
  const today = startOfDay(now);
  if (day === today) return words.conversation.today;
  if (day === startOfDay(today - 12 * 3_600_000)) return words.conversation.yesterday;
  return days.format(day);
}

/** Midnight before this moment, in the reader's time zone. */
export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
