/** What an attacker is told to do, until it is told to stop; it is a process of its own, see `attacker.ts`. */
export interface Order {
  kind: Kind;
  url: string;
  /** Where it comes from, as a proxy in front would say. */
  addresses: string[];
  /** A chat with a long log, and the token of its customer. */
  longChat: { sessionId: string; token: string };
}

export const kinds = [
  'message flood',
  'packet flood',
  'resume storm',
  'start flood',
  'slow readers',
  'model refusing with 429',
  'a model that repeats',
  'ten thousand idle sockets',
] as const;
export type Kind = (typeof kinds)[number];

/** What an attacker says that it did. */
export interface Done {
  connections: number;
  /** Ended by the gateway, or not let in. */
  turnedAway: number;
  packets: number;
  megabytes: number;
}

/** How the offline model behaves meanwhile: a rule of its control. */
export const modelRules: Partial<Record<Kind, object>> = {
  'model refusing with 429': { behaviour: 'rate-limited', whenIncludes: 'attack' },
  // This text froze a process once: each repetition doubled the ways in which an expression could match it.
  'a model that repeats': {
    whenIncludes: 'attack',
    reply: { text: `Let me connect you with ${'customer service '.repeat(900)}` },
  },
};

export const IDLE_SOCKETS = 10_000;

/**
 * Each attack comes from an address of its own, as one that was cut too often must wait. So that no limit by address is
 * what holds ten thousand sockets back, those come from twenty-five.
 */
export const addressesOf = (kind: Kind): string[] =>
  Array.from(
    { length: kind === 'ten thousand idle sockets' ? 25 : 1 },
    (_, n) => `198.51.${kinds.indexOf(kind) + 1}.${n + 1}`,
  );
