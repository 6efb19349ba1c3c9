import { MAX_CONTENT_LENGTH } from '@baton/contracts';
import type { AiConfig } from '../config.ts';
import type { ModelTimeouts } from '../model/completion.ts';
import type { TurnLimits } from './machine/states.ts';

/** A customer who keeps writing is answered after this many quiet periods at the latest. */
const BURST_MAX_FACTOR = 10;
const MAX_RESTARTS = 3;
const MAX_TOOL_ROUNDS = 4;
/** Upper bound: no language averages more characters a token. */
const MAX_CHARACTERS_PER_TOKEN = 6;

/** The settings of turns, derived from the configuration. */
export interface TurnSettings {
  limits: TurnLimits;
  modelTimeouts: ModelTimeouts;
  turnTimeoutMs: number;
  contextTokens: number;
  maxAnswerTokens: number;
  draftEveryMs: number;
  botName: string;
  greeting: string;
  greetingTimeoutMs: number;
  personaAllowed: boolean;
  instructions: string;
}

export function turnSettings(config: AiConfig): TurnSettings {
  return {
    limits: {
      burstQuietMs: config.BURST_QUIET_MS,
      burstMaxMs: config.BURST_QUIET_MS * BURST_MAX_FACTOR,
      maxRestarts: MAX_RESTARTS,
      maxToolRounds: MAX_TOOL_ROUNDS,
      maxAnswerLength: Math.min(MAX_CONTENT_LENGTH, config.MAX_ANSWER_TOKENS * MAX_CHARACTERS_PER_TOKEN),
    },
    modelTimeouts: { firstTokenMs: config.FIRST_TOKEN_TIMEOUT_MS, idleMs: config.IDLE_TIMEOUT_MS },
    turnTimeoutMs: config.TURN_TIMEOUT_MS,
    contextTokens: config.CONTEXT_TOKENS,
    maxAnswerTokens: config.MAX_ANSWER_TOKENS,
    draftEveryMs: config.DRAFT_EVERY_MS,
    botName: config.BOT_NAME,
    greeting: config.BOT_GREETING,
    greetingTimeoutMs: config.GREETING_TIMEOUT_MS,
    personaAllowed: config.personaAllowed,
    instructions: config.instructions,
  };
}
