import { trustedSource } from '@baton/contracts';

/**
 * SQL expressions that build contract types as jsonb. One statement returns a whole reply from one snapshot, however
 * many tables it reads.
 */

/** Formats a time like `Date.toISOString`. */
export const iso = (time: string) => `to_char((${time}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A `Session` from a row of chat_sessions and the row, if any, of its agent. */
export const sessionJson = (s: string, agent: string) => `jsonb_build_object(
  'id', ${s}.id, 'userId', ${s}.user_id, 'customer', ${s}.customer, 'status', ${s}.status,
  'assignedAgent', ${s}.assigned_agent,
  'agentName', ${agent}.name, 'botContext', ${s}.bot_context, 'metadata', ${s}.metadata, 'epoch', ${s}.epoch,
  'lastSeq', ${s}.last_seq, 'waitingSince', ${iso(`${s}.waiting_since`)}, 'closedAt', ${iso(`${s}.closed_at`)},
  'createdAt', ${iso(`${s}.created_at`)}, 'updatedAt', ${iso(`${s}.updated_at`)})`;

/** A `Wait` from a row of transfer_queue. */
export const waitJson = (q: string) => `jsonb_build_object(
  'sessionId', ${q}.session_id, 'reason', ${q}.reason, 'priority', ${q}.priority, 'position', ${q}.position,
  'requestedAt', ${iso(`${q}.requested_at`)}, 'brief', ${q}.brief, 'metadata', ${q}.metadata)`;

/** A `GivenRating` from a row of session_analytics; null without a rating. */
export const ratingJson = (f: string) => `CASE WHEN ${f}.rating IS NOT NULL THEN jsonb_build_object(
  'score', ${f}.rating, 'comment', ${f}.rating_comment, 'ratedAt', ${iso(`${f}.rated_at`)}) END`;

/** An `Agent` from a row of agents. */
export const agentJson = (g: string) => `jsonb_build_object(
  'id', ${g}.id, 'socketId', ${g}.socket_id, 'name', ${g}.name, 'status', ${g}.status, 'capacity', ${g}.capacity,
  'active', ${g}.active, 'metadata', ${g}.metadata, 'joinedAt', ${iso(`${g}.joined_at`)}, 'lastActiveAt', ${iso(`${g}.last_active_at`)})`;

/**
 * [S6] The address that a session counts towards: the first part of its source. A session from a trusted network counts
 * towards its customer alone, and one of unknown source towards itself alone.
 */
export const addressOf = (source: string, id: string) => `CASE
  WHEN starts_with(${source}, '${trustedSource('')}') THEN ${source} ELSE coalesce(split_part(${source}, '.', 1), ${id})
END`;

/** An `EventEntry` from a row of messages of kind event. */
export const eventJson = (m: string) => `jsonb_build_object(
  'kind', 'event', 'id', ${m}.id, 'sessionId', ${m}.session_id, 'seq', ${m}.seq, 'content', ${m}.content,
  'sender', ${m}.sender, 'change', ${m}.change, 'timestamp', ${iso(`${m}.timestamp`)}, 'metadata', ${m}.metadata)`;
