/**
 * Joins pieces of text that may be cut within a surrogate pair. Lone surrogates and replacement characters, which an
 * endpoint writes for bytes that it could not read, are dropped.
 */
export function createWellFormed(): (piece: string) => string {
  let half = '';
  return (piece) => {
    const text = half + piece;
    const last = text.charCodeAt(text.length - 1);
    const isHalf = last >= 0xd800 && last <= 0xdbff;
    half = isHalf ? text.slice(-1) : '';
    return (isHalf ? text.slice(0, -1) : text).toWellFormed().replaceAll('\ufffd', '');
  };
}
