/** What somebody said, in lower case and one form of apostrophe, sentence by sentence. Lines end sentences, too. */
export function sentencesOf(text: string): string[] {
  return text
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/[.!?…]\s|[。！？؟]/gu, '$&\n')
    .split('\n')
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
