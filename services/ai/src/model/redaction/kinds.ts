/** What is replaced before the model is asked. A placeholder names the kind: `[email 1]`. */
export const redactionKinds = ['email', 'phone', 'card', 'iban', 'key'] as const;
export type RedactionKind = (typeof redactionKinds)[number];

/** Models change the case of some. */
export const PLACEHOLDER = /\[(email|phone|card|iban|key) \d{1,5}\]/gi;

/** A part of a text, by its first character and the one after its last. */
export interface Span {
  start: number;
  end: number;
}
