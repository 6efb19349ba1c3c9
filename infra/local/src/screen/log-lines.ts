import pretty from 'pino-pretty';

const format = pretty.prettyFactory({
  colorize: process.stdout.isTTY === true && !process.env.NO_COLOR,
  ignore: 'pid,hostname,instance,service',
  translateTime: 'SYS:HH:MM:ss',
});
const LOUD = new Set(['warn', 'error', 'fatal']);

/** A service's log line for people; a line that is not of the log stays unchanged. */
export function readable(line: string): string {
  return parse(line) === undefined ? line : format(line).trimEnd();
}

/**
 * What of a service's line belongs on the screen: warnings and worse, made readable; what it wrote to stderr (a crash,
 * a refusal to start), unchanged; undefined for the rest, which is in the log file.
 */
export function forScreen(service: string, line: string, stream: 'stdout' | 'stderr'): string | undefined {
  if (line.trim() === '') return undefined;
  const entry = parse(line);
  if (entry === undefined) return stream === 'stderr' ? `${service}: ${line}` : undefined;
  if (!LOUD.has(entry.level)) return undefined;
  return `${service}: ${readable(line)}`;
}

function parse(line: string): { level: string } | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && 'level' in value) return { level: String(value.level) };
  } catch {
    // Not JSON after all.
  }
  return undefined;
}
