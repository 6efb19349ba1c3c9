import { isMarked } from '../context/marked-data.ts';
import type { ModelRequest, ToolCall } from '../model/model.ts';
import { demandsHuman } from './demand.ts';

const TRANSFER = 'transfer_to_agent';

/**
 * [A3] A model whose endpoint supports no tools is told of them in the prompt, and small models overlook that. When the
 * customer plainly asks for a human, this adds the call that the model should have made.
 */
export function demandedCalls(request: ModelRequest, calls: readonly ToolCall[]): readonly ToolCall[] {
  const offered = request.tools?.some(({ name }) => name === TRANSFER) === true;
  if (!offered || calls.some(({ name }) => name === TRANSFER)) return calls;
  const { messages } = request;
  const answered = messages.findLastIndex(({ role }) => role === 'assistant');
  const asks = messages
    .slice(answered + 1)
    .some(({ role, text }) => role === 'user' && !isMarked(text) && demandsHuman(text));
  return asks ? [...calls, { id: 'demanded', name: TRANSFER, arguments: '' }] : calls;
}
