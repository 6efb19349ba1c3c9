/**
 * Every reason for which Baton refuses, and what the one who is refused can do about it.
 * The list is closed: an endpoint declares which of them it gives, and nothing else leaves it.
 */
export const errorCodes = {
  VALIDATION_FAILED: 'The input does not fit its schema; `field` names what is wrong. Nothing was changed.',
  UNAUTHENTICATED: 'A key or token is missing or wrong.',
  FORBIDDEN: 'Known caller, but this is not for its role.',
  NOT_FOUND: 'There is no such thing, or it is not yours: the two are not told apart.',
  SESSION_CLOSED: 'The chat has ended; it takes nothing more.',
  NOT_WAITING: 'The chat is not waiting for an agent.',
  ALREADY_TAKEN: 'Another agent has the chat; the message says who.',
  TOO_MANY_WAITING:
    'So many chats of this customer, or of their network, wait already that this one stays with the bot.',
  AT_CAPACITY: 'The agent already has as many chats as it may.',
  AGENT_OFFLINE: 'The agent is offline and cannot be given a chat.',
  NOT_ASSIGNED: 'The chat is not assigned to this agent.',
  STALE_EPOCH: 'Control has changed since the caller last looked; look again.',
  ILLEGAL_TRANSITION: 'The chat cannot go from its state to the one asked for.',
  ID_REUSED: 'This id was already used with another content.',
  ALREADY_ANSWERED: 'This turn has its answer already.',
  TURN_TAKEN: 'Another worker is on this turn.',
  NOTHING_OWED: 'No reply of the bot is pending here.',
  QUEUE_EMPTY: 'Nobody is waiting.',
  WRONG_PASSWORD: 'The present password is not that one.',
  WRONG_CODE: 'The code of the authenticator app is not that one.',
  LOGIN_TOO_OLD: 'This is for a login of the last minutes: log in again.',
  ALREADY_EXISTS: 'There is one of this name or address already.',
  IN_USE: 'Something else still refers to it.',
  LAST_OWNER: 'Without this owner there would be none.',
  TOO_MANY: 'There are as many as there may be; remove some first.',
  TOO_LARGE: 'More than one request may carry.',
  RATE_LIMITED: 'Too much in too short a time; slow down and repeat.',
  DRAINING: 'This process is stopping; repeat on another.',
  UNAVAILABLE: 'A part that is needed cannot be reached. Nothing was done; repeat later.',
  TIMEOUT: 'No answer in time. It may or may not have been done; repeat with the same id.',
  INTERNAL: 'A fault on our side, which has been logged.',
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** What any endpoint may answer besides the refusals that it declares. */
export const universalCodes = ['VALIDATION_FAILED', 'UNAVAILABLE', 'TIMEOUT', 'INTERNAL'] as const;
export type UniversalCode = (typeof universalCodes)[number];
