/** One client, as far as moving it elsewhere is concerned. */
export interface Leaver {
  tell(withinMs: number): void;
  /** It may begin nothing more. */
  beginLeaving(): void;
  /** Resolves when nothing of it is under way. */
  settled(): Promise<void>;
  /** Sends what is still unsent, then closes the transport, so that the client connects again by itself. */
  close(): void;
}

/** What is under way has its own deadlines, all shorter than this. */
const SETTLE_TIMEOUT_MS = 12_000;

/**
 * [O1] Moves all clients to other gateways: they are told, then closed one by one, spread over `withinMs` so that the
 * others are not stormed; none before what it has asked for is answered.
 */
export async function drain(leavers: readonly Leaver[], withinMs: number): Promise<void> {
  for (const leaver of leavers) leaver.tell(withinMs);
  await Promise.all(
    leavers.map(async (leaver) => {
      await pause(Math.random() * withinMs);
      leaver.beginLeaving();
      await Promise.race([leaver.settled(), pause(SETTLE_TIMEOUT_MS)]);
      leaver.close();
    }),
  );
}

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
