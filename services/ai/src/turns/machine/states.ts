import type { Handoff } from '../../handoff/handoff.ts';
import type { FailureKind, FinishReason, ToolCall } from '../../model/model.ts';
import type { CallOutcome } from '../../tools/registry.ts';

/* The states of one turn, the events that reach it and the effects it asks for: the vocabulary of machine.ts. */

export interface TurnLimits {
  /** The customer must be silent for this long before the model is asked. */
  burstQuietMs: number;
  /** A burst that never ends is answered after this. */
  burstMaxMs: number;
  maxRestarts: number;
  /** Times that the model may call tools before it answers. */
  maxToolRounds: number;
  /** Longest answer in characters, for a model that ignores its limit of tokens. */
  maxAnswerLength: number;
}

/** Customer entries that the bot has not answered, as loaded from the session service. */
export interface PendingReply {
  epoch: number;
  unansweredSeq: number;
  /** When the newest unanswered message was written; ms since 1970. */
  newestAt: number;
  kind:
    | 'greeting' // the chat was opened and nothing was written yet
    | 'answer'
    | 'handoff'; // an earlier turn wrote that it hands off, and died before it did
  /** Of a greeting: the entry that it answers. The customer's first message may already follow that entry. */
  beginningSeq?: number;
  /** Of a greeting: the bot has a persona in this session, so the model writes the greeting. */
  persona?: boolean;
  /** The session waits and no agent is online: the bot answers and cannot hand off. */
  standIn?: boolean;
}

/** One round with the model: its text, and the tools it called with their results. */
export interface Exchange {
  text: string;
  calls: readonly CallOutcome[];
}

export interface UnderWay {
  pending: PendingReply;
  restarts: number;
  exchanges: readonly Exchange[];
  /** The model has been told once that it called a tool wrongly. */
  warned: boolean;
  /** The newest customer entry known to exist: the loaded context must reach that far. */
  newestSeq: number;
}

export type Turn =
  | { state: 'loading'; restarts: number; newestSeq: number; newestEpoch: number; loads: number; coalesced: boolean }
  | ({ state: 'coalescing'; until: number } & UnderWay)
  | ({ state: 'greeting' } & UnderWay)
  | ({ state: 'requesting' } & UnderWay)
  | ({ state: 'streaming'; text: string } & UnderWay)
  | ({ state: 'running_tools'; text: string } & UnderWay)
  | { state: 'concluded'; conclusion: Conclusion };

export type Conclusion =
  /** Without a text: the configured greeting. */
  | { kind: 'greet'; text?: string }
  /** `noAnswer`: a fixed text of a stand-in, because the model failed; the handoff that it stands for. */
  | { kind: 'answer'; text: string; cut?: 'length' | 'time'; handoff?: Handoff; noAnswer?: Handoff }
  | { kind: 'hand_off'; handoff: Handoff }
  | { kind: 'drop'; why: DropReason };

export type DropReason =
  | 'control_moved'
  | 'lease_lost'
  | 'draining'
  | 'nothing_pending'
  | 'turn_taken'
  | 'session_closed'
  | 'not_found'
  | 'unavailable';

export type TurnEvent =
  | { type: 'loaded'; pending: PendingReply; now: number }
  | { type: 'customer_wrote'; seq: number; now: number }
  | { type: 'control_moved'; epoch: number }
  | { type: 'quiet' }
  /** The model's greeting; undefined when it is unusable or late. */
  | { type: 'greeting'; text: string | undefined }
  /** `afresh`: replaces all text of this round, which turned out to be thoughts. */
  | { type: 'text'; text: string; afresh?: true }
  | { type: 'tool_call' }
  | { type: 'finished'; reason: FinishReason; calls: readonly ToolCall[] }
  | { type: 'failed'; kind: FailureKind; says?: string }
  | { type: 'tools_done'; calls: readonly CallOutcome[] }
  | { type: 'time_up' }
  | { type: 'called_off'; why: DropReason };

export type TurnEffect =
  | { do: 'load' }
  /** Causes `quiet` after `ms`; replaces a running timer. */
  | { do: 'wait'; ms: number }
  /** Causes `greeting`, within a short time limit. */
  | { do: 'compose_greeting' }
  | { do: 'request'; exchanges: readonly Exchange[] }
  | { do: 'draft'; text: string }
  | { do: 'run_tools'; calls: readonly ToolCall[] }
  /** Ends what is running: timers, the model's stream, tools. */
  | { do: 'stop' };

export type Tell = (event: TurnEvent) => void;
