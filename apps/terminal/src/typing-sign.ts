/** More often than viewers forget it (6 s), and no more often than that needs. */
const REPEAT_MS = 3_000;

/** Tells the other side that something is being typed: when it begins, now and then while it goes on, and its end. [M6] */
export function createTypingSign(tell: (active: boolean) => void) {
  let toldAt = 0;
  let active = false;
  return (typing: boolean): void => {
    if (!typing && !active) return;
    if (typing && active && Date.now() - toldAt < REPEAT_MS) return;
    active = typing;
    toldAt = Date.now();
    tell(typing);
  };
}
