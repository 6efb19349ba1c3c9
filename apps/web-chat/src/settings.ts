import { chooseLanguage } from './i18n/i18n.ts';

/** What the opener tells a page, in the part of its address that is not sent to any server. */
export interface Settings {
  language: string;
  /** Who the visitor is, as the embedding site names them. */
  userId: string | undefined;
  title: string | undefined;
  greeting: string | undefined;
  /** Any CSS colour. */
  colour: string | undefined;
  theme: 'light' | 'dark' | undefined;
  suggestions: readonly string[];
  /** The address of the embedding page, for the bot and the agents. */
  pageUrl: string | undefined;
  metadata: Record<string, unknown> | undefined;
  /** What the embedding site tells the bot: data, or as a text the persona that it is to take on. */
  botContext: Record<string, unknown> | string | undefined;
}

const MAX_TEXT = 200;
const MAX_SUGGESTIONS = 5;
const MAX_JSON = 16_384;

/**
 * @param hash as `location.hash` has it
 * @param trusted the address was made by the widget's script. A link to the full page anybody can make: it may choose
 *   how the page looks, but put no words in our mouth.
 */
export function readSettings(hash: string, preferred: readonly string[], trusted: boolean): Settings {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const text = (name: string, max = MAX_TEXT): string | undefined => given.get(name)?.trim().slice(0, max) || undefined;
  const word = (name: string, max?: number): string | undefined => (trusted ? text(name, max) : undefined);
  const language = text('lang');
  const theme = text('theme');
  return {
    language: chooseLanguage(language === undefined ? preferred : [language, ...preferred]),
    userId: text('user'),
    title: word('title'),
    greeting: word('greeting', 1_000),
    colour: text('color'),
    theme: theme === 'light' || theme === 'dark' ? theme : undefined,
    suggestions: (word('suggestions', 1_000) ?? '')
      .split('|')
      .map((suggestion) => suggestion.trim())
      .filter((suggestion) => suggestion !== '')
      .slice(0, MAX_SUGGESTIONS),
    pageUrl: word('page', 2_000),
    metadata: objectOf(word('metadata', MAX_JSON)),
    botContext: objectOf(word('context', MAX_JSON)) ?? word('context', MAX_JSON),
  };
}

function objectOf(json: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json ?? 'null');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
