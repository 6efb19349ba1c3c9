/**
 * Makes text of pieces between which a character may be cut in two. A half waits for its other half; one that stays
 * alone, and the sign that an endpoint has put in the place of bytes that it could not read, say nothing to anybody.
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
