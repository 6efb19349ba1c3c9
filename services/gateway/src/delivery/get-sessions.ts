import { accept, type Reply, type Session, type SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';

/** Sessions by id. If one request fails, their size together may be the cause, and each half is requested by itself. */
export async function getSessions(
  session: Pick<Caller<SessionApi>, 'getMany'>,
  sessionIds: readonly string[],
): Promise<Reply<Session[]>> {
  if (sessionIds.length === 0) return accept([]);
  const reply = await session.getMany({ sessionIds: [...sessionIds] });
  if (reply.ok) return accept(reply.value.sessions);
  // Only an answer is worth another try: without one the service is down.
  if (reply.code !== 'INTERNAL' || sessionIds.length === 1) return reply;
  const middle = sessionIds.length >> 1;
  const [first, second] = [
    await getSessions(session, sessionIds.slice(0, middle)),
    await getSessions(session, sessionIds.slice(middle)),
  ];
  if (!first.ok) return first;
  return second.ok ? accept([...first.value, ...second.value]) : second;
}
