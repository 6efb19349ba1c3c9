// Many agents with a console open: each is shown the queue, and they claim what they are shown. Run by `driver.ts`.
import { obey } from '../load/obey.ts';
import { openLoop } from '../load/open-loop.ts';
import { inTurns } from '../load/pairs.ts';
import { connectSocket, type LoadSocket } from '../load/socket.ts';
import type { ClaimShown, ConnectConsoles, ConsoleLoad } from './protocol.ts';

const AT_ONCE = 25;
/** After the last claim, how long lists may take to show it. */
const SETTLE_MS = 10_000;

/** A claim that some lists do not show yet. */
interface Claim {
  startMs: number;
  shownOn: Uint8Array;
  left: number;
}

const sockets: LoadSocket[] = [];
const pending = new Map<string, Claim>();
const claimed = new Set<string>();
let shown: readonly string[] = [];
let load = emptyLoad();

function emptyLoad(): ConsoleLoad {
  return { bytes: 0, lists: 0, claims: 0, starved: 0, acknowledged: [], allLists: [], unsettled: 0, refusals: {} };
}

/** Ids of the sessions in a list, whole or as changes. */
function idsOf(event: string, payload: unknown): string[] | undefined {
  if (event === 'queue:update') return (payload as { sessions: { id: string }[] }).sessions.map(({ id }) => id);
  if (event === 'queue:changes') return (payload as { order: string[] }).order;
  return undefined;
}

/** The same list reaches every socket: what it shows is found out once. */
let latest: { payload: unknown; gone: [string, Claim][] } = { payload: undefined, gone: [] };

function listArrived(index: number, payload: unknown, ids: readonly string[]): void {
  if (latest.payload !== payload) {
    const listed = new Set(ids);
    latest = { payload, gone: [...pending].filter(([id]) => !listed.has(id)) };
    shown = ids;
  }
  for (const [id, claim] of latest.gone) {
    if (claim.shownOn[index] === 1) continue;
    claim.shownOn[index] = 1;
    if (--claim.left > 0) continue;
    load.allLists.push(performance.now() - claim.startMs);
    pending.delete(id);
  }
}

async function connectMany({ urls, count, changes }: ConnectConsoles): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const connected = await inTurns(AT_ONCE, numbers, async (index) => {
    const socket = await connectSocket(urls[index % urls.length] ?? '');
    socket.onEvent = (event, payload, bytes) => {
      load.bytes += bytes;
      const ids = idsOf(event, payload);
      if (ids === undefined) return;
      load.lists++;
      listArrived(index, payload, ids);
    };
    await socket.ask('agent:join', { name: `Agent ${index}`, capacity: 100, ...(changes && { queueChanges: true }) });
    return socket;
  });
  sockets.push(...connected);
}

/** Agents in turn claim the first session that they are shown and nobody has claimed. */
async function claimShown({ perSecond, seconds }: ClaimShown): Promise<ConsoleLoad> {
  load = emptyLoad();
  await openLoop({ perSecond, seconds }, (startMs, index) => {
    if (perSecond === 0) return;
    const sessionId = shown.find((id) => !claimed.has(id));
    const socket = sockets[index % sockets.length];
    if (sessionId === undefined || socket === undefined) {
      load.starved++;
      return;
    }
    claimed.add(sessionId);
    pending.set(sessionId, { startMs, shownOn: new Uint8Array(sockets.length), left: sockets.length });
    socket.send('agent:pickup_session', { sessionId }, (reply) => {
      if (reply.ok) {
        load.claims++;
        load.acknowledged.push(performance.now() - startMs);
        return;
      }
      load.refusals[reply.code ?? ''] = (load.refusals[reply.code ?? ''] ?? 0) + 1;
      pending.delete(sessionId);
    });
  });
  if (perSecond === 0) await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const counted = { bytes: load.bytes, lists: load.lists };
  for (const end = performance.now() + SETTLE_MS; pending.size > 0 && performance.now() < end; )
    await new Promise((resolve) => setTimeout(resolve, 50));
  const result = { ...load, ...counted, unsettled: pending.size };
  pending.clear();
  return result;
}

obey<ConnectConsoles | ClaimShown>({ connect: connectMany, claim: claimShown });
