/** How long clients wait for what, all in milliseconds. Pairs: before the first repeat, and the longest before a later one. */

/** Between tries to connect, to say who we are, and to send a message. */
export const RECONNECT = { first: 500, most: 10_000 } as const;
/** Between tries of an action that its person waits for. */
export const REPEAT = { first: 300, most: 3_000 } as const;
/** Before a gap is asked for that notifications do not fill. */
export const GAP = { first: 1_500, most: 30_000 } as const;

/** A connection that is not there by then hangs, for all that can be told. */
export const CONNECT_MS = 8_000;
/** One by polling that lasts this long is good. */
export const LASTS_MS = 10_000;
/** A reply that takes longer counts as lost. The gateway's own deadlines are shorter. */
export const ANSWER_MS = 12_000;
/** How long an action waits for the connection, and repeats what was refused for a passing reason. */
export const RETRY_WITHIN_MS = 10_000;
/** A connection that is back within this time was never gone, as far as people are told. */
export const BLINK_MS = 2_000;
/** The first one may take longer. */
export const FIRST_MS = 5_000;
/** After a server said that it is stopping, and within which time. */
export const DRAIN_SLACK_MS = 8_000;
/** The server ended the connection on purpose, mostly because of too much at once. */
export const DISMISSED_MS = 10_000;
