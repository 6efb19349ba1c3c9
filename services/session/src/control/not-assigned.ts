/**
 * [S1] The reply to an agent about a session that is not assigned to it, and about one that does not exist. Every
 * request of an agent is checked for this first, so that no reply reveals whether the session exists.
 */
export const NOT_ASSIGNED = 'This chat is not assigned to you.';
