/** Letters that show nothing: fillers of Hangul, the blank of Braille, the joiner of graphemes. */
const BLANK_LETTERS = /[\u115F\u1160\u3164\uFFA0\u2800]|\u034F/gu;
/** What only one font knows. */
const PRIVATE = /\p{Co}/gu;
/** More marks on one letter than any language writes: they would run over the lines above and below. */
const PILES = /(\p{M}{4})\p{M}+/gu;
const INVISIBLE = /\p{Cf}/u;
/** Letters, and what a picture of several is made of. */
const JOINABLE = /[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}]/u;
/** Within words of some scripts these decide how letters join: Persian, Hindi; of emoji they make one picture. */
const JOINERS = new Set(['\u200C', '\u200D']);

/**
 * A name as it can stand within any sentence: one form for each letter (NFKC), on one line, without characters that
 * nobody can see or that turn the direction of what stands around it.
 */
export function plainName(name: string): string {
  const line = name
    .normalize('NFKC')
    .replace(/[\p{Z}\p{Cc}]+/gu, ' ')
    .replace(BLANK_LETTERS, '')
    .replace(PRIVATE, '');
  const characters = [...line];
  const isNeeded = (mark: string, at: number) =>
    JOINERS.has(mark) && JOINABLE.test(characters[at - 1] ?? '') && JOINABLE.test(characters[at + 1] ?? '');
  const shown = characters.filter((one, at) => !INVISIBLE.test(one) || isNeeded(one, at)).join('');
  // What was taken out stood between spaces, or between a letter and its accent.
  return shown.normalize('NFKC').replace(PILES, '$1').replace(/ +/g, ' ').trim();
}

/** Whether there is anything in it to call somebody by. */
export const isBlankName = (name: string): boolean => !/[\p{L}\p{N}]/u.test(name);

/** What the pages call the bot, in each of their languages, and what else would be read as it. */
const NAMES_OF_THE_BOT = [
  'Assistant',
  'Assistent',
  'Asistente',
  'المساعد',
  '智能助手',
  'AI assistant',
  'Bot',
  'System',
];

/** Letters and digits that are read as Latin ones: those which the names above are written with. */
const LOOKALIKES: Record<string, string> = {
  ...{ а: 'a', ѕ: 's', і: 'i', т: 't', е: 'e', о: 'o', у: 'y', м: 'm', в: 'b' },
  ...{ α: 'a', ι: 'i', τ: 't', ε: 'e', ο: 'o', υ: 'y', β: 'b', ν: 'n' },
  ...{ '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', l: 'i', ı: 'i' },
};

/** A name as read at a glance: without case, accents, punctuation and foreign letters of the same shape. */
function glanced(name: string): string {
  const bare = plainName(name)
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '');
  return [...bare].map((letter) => LOOKALIKES[letter] ?? letter).join('');
}

const taken = new Set(NAMES_OF_THE_BOT.map(glanced));

/** Whether customers would take somebody of this name for the bot; `botName` is its name in this installation. */
export function isNameOfBot(name: string, botName?: string): boolean {
  const read = glanced(name);
  return taken.has(read) || (botName !== undefined && botName !== '' && read === glanced(botName));
}
