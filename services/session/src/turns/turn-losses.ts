/**
 * [A1] Two workers in a row may lose their lease on a turn, by a crash or a stalled event loop. The second loss
 * suggests that the turn itself is the cause, so no third worker gets it.
 */
export const MAX_LOSSES = 2;

/** SQL on a row of chat_sessions: the turn was given up. */
export const GIVEN_UP = `turn_losses + 1 >= ${MAX_LOSSES} AND turn_lease_until <= now()`;
