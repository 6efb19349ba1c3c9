/** A connection that may turn out to be idle. */
export interface IdleCandidate {
  /** It has a session, or belongs to an agent. */
  inUse: boolean;
  /** Milliseconds since the client last sent anything. */
  quietMs: number;
  end(): void;
}

/**
 * [S6] Ends connections that hold a slot and serve nothing. A client that needs one connects again; pages connect when
 * there is a session.
 */
export function endIdleConnections(options: { connections: () => Iterable<IdleCandidate>; idleMs: number }): {
  stop(): void;
} {
  const { idleMs } = options;
  const timer = setInterval(
    () => {
      for (const { inUse, quietMs, end } of options.connections()) if (!inUse && quietMs > idleMs) end();
    },
    Math.min(10_000, idleMs / 2),
  );
  return { stop: () => clearInterval(timer) };
}
