/** A reply as redis-cli shows it to a person. */
export function replyText(reply: unknown, indent = ''): string {
  if (reply === null || reply === undefined) return '(nil)';
  if (typeof reply === 'number' || typeof reply === 'bigint') return `(integer) ${reply}`;
  if (reply instanceof Error) return `(error) ${reply.message}`;
  if (!Array.isArray(reply)) return typeof reply === 'string' ? JSON.stringify(reply) : String(reply);
  if (reply.length === 0) return '(empty array)';
  const width = String(reply.length).length;
  return reply
    .map((item: unknown, index) => {
      const number = `${String(index + 1).padStart(width)}) `;
      return `${index === 0 ? '' : indent}${number}${replyText(item, indent + ' '.repeat(number.length))}`;
    })
    .join('\n');
}

/** The same for a program: raw values, one a line. */
export function plainText(reply: unknown): string {
  if (reply === null || reply === undefined) return '';
  if (Array.isArray(reply)) return reply.map(plainText).join('\n');
  return reply instanceof Error ? reply.message : String(reply);
}

/** Replies that are a word of the server, not a value, stand without quotes. */
const STATUS = /^(OK|PONG|QUEUED|Background [\w ]+|none|string|list|set|zset|hash|stream)$/;
/** Commands whose reply is text to be read. */
const TEXTS = new Set(['info', 'lolwut', 'client', 'cluster']);

export function answerText(command: string, reply: unknown): string {
  if (typeof reply !== 'string') return replyText(reply);
  return STATUS.test(reply) || TEXTS.has(command.toLowerCase()) ? reply : replyText(reply);
}
