/**
 * Two workers in a row may lose their lease on a turn, by dying or by standing still: one for a fault of its own, two
 * perhaps for what the turn makes them do. A third is not risked. [A1]
 */
export const MAX_LOSSES = 2;

/** SQL, of a row of chat_sessions: no worker is given the turn any more. */
export const GIVEN_UP = `turn_losses + 1 >= ${MAX_LOSSES} AND turn_lease_until <= now()`;
