/**
 * What takes up no room that people could see: zero-width characters, marks of direction, soft hyphens, fillers, tags,
 * and spaces as thin as a hair.
 */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2000-\u200a\u202f\u205f\u2800]/gu;
/** What looks like the dot between two labels, or is read as one by browsers. */
const DOTS =
  /[\u00b7\u0387\u05c5\u0660\u06d4\u06f0\u0701\u0702\u1427\u16eb\u2022\u2024\u2027\u2219\u22c5\u2e31\u2e33\u3002\u30fb\ua4f8\ua60e\ufe52\uff0e\uff61\uff65\u{10a50}\u{1d16d}]/gu;

/** Text as people see it: without what is invisible, in the plain forms of its characters, and with plain dots. */
export const seenAs = (text: string): string =>
  text.replace(INVISIBLE, '').replace(DOTS, '.').normalize('NFKC').replace(INVISIBLE, '').replace(DOTS, '.');
