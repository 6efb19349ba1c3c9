import type { Brief, Sender } from '@baton/contracts';

const SUMMARY_LENGTH = 2_000;
const WANTS_LENGTH = 500;
const LINE_LENGTH = 300;
const names: Record<Sender, string> = { user: 'Customer', bot: 'Assistant', agent: 'Agent', system: 'System' };

/**
 * The brief without a model: the last messages, shortened.
 * @param messages in order.
 * @returns null without messages.
 */
export function plainBrief(messages: readonly { sender: Sender; content: string }[]): Brief | null {
  if (messages.length === 0) return null;
  const lines = messages.map(({ sender, content }) => `${names[sender]}: ${shorten(content, LINE_LENGTH)}`);
  const wants = messages.findLast(({ sender }) => sender === 'user');
  return {
    summary: shorten(`The assistant did not answer in time. Last messages:\n${lines.join('\n')}`, SUMMARY_LENGTH),
    ...(wants !== undefined && { customerWants: shorten(wants.content, WANTS_LENGTH) }),
  };
}

/** Cuts to a length in UTF-16 units, never inside a surrogate pair. */
function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1);
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`;
}
