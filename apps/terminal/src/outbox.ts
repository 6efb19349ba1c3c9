import { type ErrorCode, type Refusal, type Reply, refuse } from '@baton/contracts';

/** Something said that the server has not acknowledged yet. */
export interface Unsent {
  readonly clientMessageId: string;
  readonly content: string;
}

/** Refusals that say nothing against the message itself: it is sent again, with the same id, so it is stored once. */
const WORTH_REPEATING: ReadonlySet<ErrorCode> = new Set([
  'TIMEOUT',
  'UNAVAILABLE',
  'RATE_LIMITED',
  'DRAINING',
  'INTERNAL',
] satisfies ErrorCode[]);
const MAX_FAULTS = 5;

/**
 * Keeps what was said until it is acknowledged, and sends it in order, one at a time: two under way could overtake each
 * other. `open` lets it send, `shut` makes it wait, as when the connection is gone. [M2, M3]
 */
export function createOutbox(options: {
  newId: () => string;
  send: (item: Unsent) => Promise<Reply<unknown>>;
  onChange: () => void;
  onRefused: (item: Unsent, refusal: Refusal) => void;
  pauseMs?: number;
}) {
  const { send, onChange, onRefused, pauseMs = 1_000 } = options;
  const items: Unsent[] = [];
  let isOpen = false;
  let running = false;
  let faults = 0;
  let wake: (() => void) | undefined;

  const run = async () => {
    if (running) return;
    running = true;
    for (let item = items[0]; isOpen && item !== undefined; item = items[0]) {
      const reply = await send(item);
      // Its own entry may have come before the acknowledgement, and settled it.
      if (items[0] !== item) continue;
      faults = !reply.ok && reply.code === 'INTERNAL' ? faults + 1 : 0;
      if (!reply.ok && WORTH_REPEATING.has(reply.code) && faults < MAX_FAULTS) {
        if (isOpen) await pause();
        continue;
      }
      items.shift();
      if (!reply.ok) onRefused(item, reply);
      onChange();
    }
    running = false;
  };
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  return {
    get unsent(): readonly Unsent[] {
      return items;
    },
    add(content: string): Unsent {
      const item = { clientMessageId: options.newId(), content };
      items.push(item);
      onChange();
      void run();
      return item;
    },
    /** The message was seen in the log, so it is stored. */
    stored(clientMessageId: string): void {
      const index = items.findIndex((item) => item.clientMessageId === clientMessageId);
      if (index === -1) return;
      items.splice(index, 1);
      onChange();
    },
    open(): void {
      isOpen = true;
      wake?.();
      void run();
    },
    shut(): void {
      isOpen = false;
      wake?.();
    },
    /** Nothing more will be sent: what is left is refused. */
    end(why: string): void {
      isOpen = false;
      for (const item of items.splice(0)) onRefused(item, refuse('SESSION_CLOSED', why));
      wake?.();
    },
  };
}
