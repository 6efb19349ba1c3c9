import { type RequestOf, refuse, type SessionApi, type ValueOf } from '@baton/contracts';
import { type Caller, inTraceOf, type Trace } from '@baton/runtime';

type Endpoints = SessionApi['endpoints'];
export type AppendReply = ValueOf<Endpoints['appendMany']>['replies'][number];
export interface Append {
  request: RequestOf<Endpoints['append']>;
  timeoutMs: number;
  /** The trace of its first message. */
  trace: Trace | undefined;
}

/** How long appends go one by one after no session service was found that takes several in one request. */
const ONE_BY_ONE_MS = 1_000;

/**
 * Sends appends of several sessions in one request; a lone one goes by itself. Each has its own reply, or the promise
 * of it: what is refused, slow or unknown about one is not the others' concern.
 */
export function createAppendTogether(session: Pick<Caller<SessionApi>, 'append' | 'appendMany'>, clock: () => number) {
  let oneByOneUntil = 0;
  const alone = ({ request, timeoutMs, trace }: Append, atOnce = false): Promise<AppendReply> =>
    inTraceOf(trace, () => session.append(request, { timeoutMs, atOnce }));

  const together = async (appends: readonly Append[]): Promise<readonly (AppendReply | Promise<AppendReply>)[]> => {
    const [first, ...others] = appends;
    if (first === undefined) return [];
    if (others.length === 0) return [await alone(first, true)];
    if (clock() < oneByOneUntil) return appends.map((append) => alone(append));
    const timeoutMs = Math.max(...appends.map((append) => append.timeoutMs));
    let isServed = true;
    const onUnserved = () => {
      isServed = false;
    };
    const request = { appends: appends.map((append) => append.request) };
    const reply = await inTraceOf(first.trace, () =>
      session.appendMany(request, { timeoutMs, onUnserved, atOnce: true }),
    );
    if (reply.ok)
      return appends.map((_, index) => reply.value.replies[index] ?? refuse('TIMEOUT', 'This has no reply.'));
    // There is none at all, or only older ones, as during an upgrade. [O1]
    if (!isServed) oneByOneUntil = clock() + ONE_BY_ONE_MS;
    else if (reply.code === 'UNAVAILABLE' || reply.code === 'TIMEOUT') return appends.map(() => reply);
    // Refused as a whole, for something about one of them.
    return appends.map((append) => alone(append));
  };
  return { alone, together };
}
