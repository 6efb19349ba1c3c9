/** Let agents come online, at the gateways in turn. */
export interface ConnectConsoles {
  kind: 'connect';
  urls: readonly string[];
  count: number;
  /** They are sent what changes of the queue, instead of the list. */
  changes: boolean;
}

/** Claim from what the agents are shown. */
export interface ClaimShown {
  kind: 'claim';
  perSecond: number;
  seconds: number;
}

/** What agents were sent and what became of their claims. Times are milliseconds. */
export interface ConsoleLoad {
  /** Of all events to all agents, as they are on the wire. */
  bytes: number;
  /** Lists of the queue, or changes of it, to all agents. */
  lists: number;
  claims: number;
  /** Claims that were not made, because no list showed a session that nobody had claimed. */
  starved: number;
  acknowledged: number[];
  /** From the claim to the last list that no longer has the session. */
  allLists: number[];
  /** Claims that some list still did not show at the end. */
  unsettled: number;
  refusals: Record<string, number>;
}
