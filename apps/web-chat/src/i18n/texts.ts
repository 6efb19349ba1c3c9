import type { en } from './en.ts';

type English = typeof en;
/** The forms of a text that depends on a number; which of them a language has, Intl.PluralRules knows. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
export type TextKey = keyof English;
/** All texts in one language. */
export type Texts = { [Key in TextKey]: English[Key] extends string ? string : Forms };

type HolesIn<Text extends string> = Text extends `${string}{${infer Hole}}${infer Rest}` ? Hole | HolesIn<Rest> : never;
type FormsOf<Text> = Text extends string ? Text : Text[keyof Text] & string;
type Holes<Key extends TextKey> = HolesIn<FormsOf<English[Key]>>;
/** What a text has to be given; nothing for one without holes. */
export type Values<Key extends TextKey> = [Holes<Key>] extends [never]
  ? []
  : [values: { [Hole in Holes<Key>]: Hole extends 'n' ? number : string | number }];
