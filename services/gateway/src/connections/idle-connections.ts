/** A connection, as far as whether anything is done with it is concerned. */
export interface Idler {
  /** What it is for: a chat, an agent on duty. */
  hasPurpose: boolean;
  /** Since anything was last heard of it, in ms. */
  quietMs: number;
  end(): void;
}

/**
 * [S6] Ends connections that hold a place without a purpose. A client that has one connects again; pages connect when
 * there is a chat.
 */
export function endIdleConnections(options: { connections: () => Iterable<Idler>; idleMs: number }): {
  stop(): void;
} {
  const { idleMs } = options;
  const timer = setInterval(
    () => {
      for (const { hasPurpose, quietMs, end } of options.connections()) if (!hasPurpose && quietMs > idleMs) end();
    },
    Math.min(10_000, idleMs / 2),
  );
  return { stop: () => clearInterval(timer) };
}
