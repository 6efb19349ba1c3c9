/** The sentences of a text, in lower case and with one form of apostrophe. A line break ends a sentence. */
export function sentencesOf(text: string): string[] {
  return text
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/[.!?…]\s|[。！？؟]/gu, '$&\n')
    .split('\n')
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
