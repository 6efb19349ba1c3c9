/** Milliseconds since 1970 with their fractions: the same for all processes of one machine. */
export const clock = (): number => performance.timeOrigin + performance.now();

/** What the model under measure puts before its answer: when the request reached it and when it gave the first token. */
export const stamp = (receivedAt: number, emittedAt: number): string => `@${receivedAt}/${emittedAt}@ `;

const stamped = /@([\d.]+)\/([\d.]+)@/;

/**
 * Of a text that begins with a stamp: how long all but the model took, from `sentAt` to `seenAt`. Undefined when the
 * text has none.
 */
export function besidesTheModel(text: string, sentAt: number, seenAt: number): number | undefined {
  const found = stamped.exec(text);
  return found === null ? undefined : seenAt - sentAt - (Number(found[2]) - Number(found[1]));
}
