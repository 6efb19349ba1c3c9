/** Let customers and agents take their places. */
export interface StartPairs {
  kind: 'start';
  /** Where customers and agents connect. */
  urls: readonly string[];
  /** Customer and agent at one of them, or at two different ones when there are several. */
  together: boolean;
  customers: number;
  /** How many customers one agent talks with. */
  perAgent: number;
}

/** Send for a while. */
export interface Measure {
  kind: 'measure';
  perSecond: number;
  seconds: number;
}

/** What became of the messages that were sent. Times are milliseconds. */
export interface MessageLoad {
  offered: number;
  offeredPerSecond: number;
  /** What had arrived when the last was sent. */
  deliveredPerSecond: number;
  /** From send to acknowledgement, of each. */
  acknowledged: number[];
  /** From send to the agent's screen, of each. */
  delivered: number[];
  lost: number;
  refusals: Record<string, number>;
  settledMs: number;
}

/** Connect to the parts of the baseline. */
export interface BaselinePlaces {
  kind: 'arrive';
  echoUrl: string;
  natsUrl: string;
  databaseUrl: string;
  redisUrl: string;
}

/** Milliseconds of each. `path`: echo, request and commit together. */
export interface BaselineLoad {
  path: number[];
  echo: number[];
  request: number[];
  commit: number[];
  batchCommit: number[];
  script: number[];
}

/** Ask the model itself, one after the other, through the SDK. Answered with milliseconds besides the model's own. */
export interface Direct {
  kind: 'direct';
  url: string;
  count: number;
}

/** Let customers begin chats with the bot. */
export interface StartCustomers {
  kind: 'start';
  url: string;
  count: number;
}

/** Let so many customers ask at the same time, each so many questions one after the other. */
export interface Ask {
  kind: 'ask';
  streams: number;
  each: number;
  /** They begin within this time. */
  spreadMs: number;
}

export interface AnswerLoad {
  /** From send to the first words on the customer's screen, without the model's own time, in milliseconds. */
  overheads: number[];
  answers: number;
}

export const isDraft = (event: string, payload: unknown): payload is { text: string } =>
  event === 'message:draft' && typeof payload === 'object' && payload !== null && 'text' in payload;

export const isMessage = (event: string, payload: unknown): payload is { sender: string; clientMessageId?: string } =>
  event === 'message:received' && typeof payload === 'object' && payload !== null && 'sender' in payload;

/** Connect many sockets to one server. */
export interface Connect {
  kind: 'connect';
  url: string;
  count: number;
  as: 'nobody' | 'customer' | 'agent';
}

/** Count the queue updates that arrive. */
export interface Listen {
  kind: 'listen';
  seconds: number;
}

export interface Listened {
  updates: number;
  /** As they are on the wire. */
  bytes: number;
}
