import type { Brief, Entry, Priority } from '@baton/contracts';
import { isFromCustomer, toLine, unanswered } from '../context/transcript.ts';
import { shorten, storable } from '../context/well-formed-text.ts';
import type { FailureKind } from '../model/model.ts';

/** A decision to hand off, before it is made. */
export interface Handoff {
  cause: 'bot_transferred' | 'bot_failed';
  /** A label of `baton_ai_handovers_total`: what led to the handoff. */
  via: 'tool' | 'promise' | 'resumed' | 'misused_tools' | FailureKind;
  /** How the model failed, for the log. */
  detail?: string;
  /** Shown to agents, not to the customer. */
  reason: string;
  priority: Priority;
  /** What the model wrote for the agent. Missing parts are taken from the log. */
  brief: Partial<Brief>;
}

/** Tells the customer that too many sessions of theirs, or of their network, wait already. */
export const STAYS_WITH_BOT =
  'A human is not free for this chat yet: several other chats of yours, or from your network, are waiting in line already. I stay with you here. You can ask again when one of them has been taken or ended.';

const SUMMARY_MAX = 2_000;
const SUMMARY_ENTRIES = 8;

/** What the agent is told. It needs no model, so it is complete even when the model has failed. */
export function completeBrief(given: Partial<Brief>, entries: readonly Entry[]): Brief {
  const asked = unanswered(entries);
  const wants = (asked.length > 0 ? asked : entries.filter(isFromCustomer).slice(-1)).map(({ content }) => content);
  const customerWants = shorten(given.customerWants ?? wants.join('\n'), 500);
  return {
    ...given,
    summary: shorten(given.summary ?? summarise(entries), SUMMARY_MAX),
    ...(customerWants !== '' && { customerWants }),
  };
}

function summarise(entries: readonly Entry[]): string {
  const lines = entries
    .filter((entry) => entry.kind === 'message')
    .slice(-SUMMARY_ENTRIES)
    .map(toLine)
    .filter((line) => line !== undefined);
  if (lines.length === 0) return 'The customer has not written anything yet.';
  const share = Math.floor((SUMMARY_MAX - 40) / lines.length) - 1;
  return storable(`The last messages:\n${lines.map((line) => shorten(line, share)).join('\n')}`);
}

/** [A1] The model gave no usable answer. */
export function failureHandoff(kind: FailureKind, says: string): Handoff {
  return {
    cause: 'bot_failed',
    via: kind,
    detail: says,
    reason:
      kind === 'over_budget' || kind === 'over_share'
        ? 'The assistant may not answer any more for now, so a human takes over.'
        : 'The assistant could not give an answer, so a human takes over.',
    // Exceeding a share must not buy priority. [S6]
    priority: kind === 'over_share' ? 'low' : 'normal',
    brief: { tried: shorten(`The bot tried to answer, but ${says}.`, 1_000) },
  };
}

/** [A3] The answer promises a human, so the handoff is made. */
export const promisedHandoff: Handoff = {
  cause: 'bot_transferred',
  via: 'promise',
  reason: 'The assistant said that a human would take over.',
  priority: 'normal',
  brief: {},
};

/** The text before a handoff was written, and its process died before it made the handoff. */
export const resumedHandoff: Handoff = { ...promisedHandoff, via: 'resumed' };

export const misusedToolsHandoff: Handoff = {
  ...failureHandoff('garbled', 'it called its tools wrongly'),
  via: 'misused_tools',
};
