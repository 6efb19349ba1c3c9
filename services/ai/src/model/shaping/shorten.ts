import type { CountTokens } from '../../context/tokens.ts';
import { wellFormedEnd, wellFormedStart } from '../../context/well-formed-text.ts';
import type { ChatMessage } from '../model.ts';

const MESSAGE_OVERHEAD = 4;
const LEFT_OUT = '\n[…]\n';

/**
 * Fits a conversation into the endpoint's limit: drops the oldest messages, and when that is not enough, cuts the
 * middle of long ones. The system prompt and the customer's newest message stay.
 */
export function withinTokens(messages: readonly ChatMessage[], most: number, count: CountTokens): ChatMessage[] {
  const cost = (message: ChatMessage) => countMessage(message, count);
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const begin = messages.findIndex(({ role }) => role !== 'system');
  const head = messages.slice(0, begin < 0 ? messages.length : begin);
  const end = messages.slice(Math.max(asked, head.length));
  let room = most - [...head, ...end].reduce((sum, message) => sum + cost(message), 0);
  if (room < 0) return [...head, ...end].map((message) => cut(message, most / (head.length + end.length), count));
  const kept: ChatMessage[] = [];
  for (const message of messages.slice(head.length, Math.max(asked, head.length)).reverse()) {
    room -= cost(message);
    if (room < 0) break;
    kept.unshift(message);
  }
  // Endpoints reject a result without its call.
  while (kept[0]?.role === 'tool') kept.shift();
  return [...head, ...kept, ...end];
}

export function countMessage(message: ChatMessage, count: CountTokens): number {
  const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
  return count(message.text) + calls.reduce((sum, call) => sum + count(call.arguments), 0) + MESSAGE_OVERHEAD;
}

function cut(message: ChatMessage, most: number, count: CountTokens): ChatMessage {
  const { text } = message;
  for (let share = most / (count(text) + 1); share < 1 && share > 0.001; share *= 0.8) {
    const start = wellFormedStart(text, Math.floor(text.length * share * 0.6));
    const shorter = start + LEFT_OUT + wellFormedEnd(text, Math.floor(text.length * share * 0.4));
    if (count(shorter) <= most) return { ...message, text: shorter };
  }
  return message;
}
