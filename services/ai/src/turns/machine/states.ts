import type { Handover } from '../../handoff/handoff.ts';
import type { FailureKind, FinishReason, ToolCall } from '../../model/model.ts';
import type { CallOutcome } from '../../tools/registry.ts';

/* The states of one turn, what may happen to it, and what it may cause: the vocabulary of turn-machine.ts. */

export interface TurnLimits {
  burstQuietMs: number;
  /** A burst that never ends is answered after this. */
  burstMaxMs: number;
  maxRestarts: number;
  /** Times that the model may call tools before it answers. */
  maxToolRounds: number;
  /** Characters after which an answer is cut, should the model not keep to its limit of tokens. */
  maxAnswerLength: number;
}

/** What is owed to the customer, as loaded. */
export interface Debt {
  epoch: number;
  unansweredSeq: number;
  /** When the newest unanswered message was written; ms since 1970. */
  newestAt: number;
  kind:
    | 'greeting' //   the chat was opened and nothing was written yet
    | 'answer'
    | 'handover'; //  words that announce a handover were written, and it was not made
  /** Of a greeting: the entry that it answers, which the customer's first words may follow already. */
  beginningSeq?: number;
  /** Of a greeting: the bot has a persona in this chat, so the model is to write it. */
  persona?: boolean;
}

/** What the model wrote in one go, with the tools it called and what came of them. */
export interface Exchange {
  text: string;
  calls: readonly CallOutcome[];
}

export interface UnderWay {
  debt: Debt;
  restarts: number;
  exchanges: readonly Exchange[];
  /** The model has been told once that it called a tool wrongly. */
  warned: boolean;
  /** Customer entries up to here are known to exist: the context is to reach that far. */
  newestSeq: number;
}

export type Turn =
  | { state: 'loading'; restarts: number; newestSeq: number; newestEpoch: number; loads: number; gathered: boolean }
  | ({ state: 'gathering'; until: number } & UnderWay)
  | ({ state: 'greeting' } & UnderWay)
  | ({ state: 'asking' } & UnderWay)
  | ({ state: 'streaming'; text: string } & UnderWay)
  | ({ state: 'using_tools'; text: string } & UnderWay)
  | { state: 'concluded'; conclusion: Conclusion };

export type Conclusion =
  /** Without a text: in the words that the operator has set. */
  | { kind: 'greet'; text?: string }
  /** `noAnswer`: in fixed words, as the model gave no answer and the session waits already; what would have been done. */
  | { kind: 'answer'; text: string; cut?: 'length' | 'time'; handover?: Handover; noAnswer?: Handover }
  | { kind: 'hand_over'; handover: Handover }
  | { kind: 'drop'; why: DropReason };

export type DropReason =
  | 'control_moved'
  | 'lease_lost'
  | 'draining'
  | 'nothing_owed'
  | 'turn_taken'
  | 'session_closed'
  | 'not_found'
  | 'unavailable';

export type TurnEvent =
  | { type: 'loaded'; debt: Debt; now: number }
  | { type: 'customer_wrote'; seq: number; now: number }
  | { type: 'control_moved'; epoch: number }
  | { type: 'quiet' }
  /** The model's own, or none that is fit and in time. */
  | { type: 'greeting'; text: string | undefined }
  /** `afresh`: what the model wrote before in this go was not meant for the customer. */
  | { type: 'text'; text: string; afresh?: true }
  | { type: 'tool_call' }
  | { type: 'finished'; reason: FinishReason; calls: readonly ToolCall[] }
  | { type: 'failed'; kind: FailureKind; says?: string }
  | { type: 'tools_done'; calls: readonly CallOutcome[] }
  | { type: 'time_up' }
  | { type: 'called_off'; why: DropReason };

export type TurnEffect =
  | { do: 'load' }
  /** Gives `quiet` after so long; replaces one that runs. */
  | { do: 'wait'; ms: number }
  /** Gives `greeting`, soon. */
  | { do: 'compose_greeting' }
  | { do: 'ask'; exchanges: readonly Exchange[] }
  | { do: 'draft'; text: string }
  | { do: 'run_tools'; calls: readonly ToolCall[] }
  /** Whatever runs is no longer wanted: timers, the model's stream, tools. */
  | { do: 'stop' };
