/**
 * [S1] What an agent is told of a chat that it does not have, whatever the state of the chat, and of one that does not
 * exist. Each check of what an agent asks for begins with this one, so that no answer tells the two apart.
 */
export const NOT_ASSIGNED = 'This chat is not assigned to you.';
