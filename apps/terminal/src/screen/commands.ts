import type { Line } from './words.ts';

export interface Command {
  /** What follows the name, for the help. */
  takes?: string;
  help: string;
  /** Names that it had before: understood, but not listed. */
  formerly?: readonly string[];
  run: (rest: string) => void | Promise<void>;
}
export type Commands = Record<string, Command>;

/** What a line that was entered means. A second slash sends what begins with one. */
export function understand(
  text: string,
  commands: Commands,
): { say: string } | { command: Command; rest: string } | { unknown: string } {
  const line = text.trim();
  if (!line.startsWith('/')) return { say: line };
  if (line.startsWith('//')) return { say: line.slice(1) };
  const [, name = '', rest = ''] = /^\/(\S*)\s*([\s\S]*)$/.exec(line) ?? [];
  const command = Object.hasOwn(commands, name)
    ? commands[name]
    : Object.values(commands).find(({ formerly }) => formerly?.includes(name));
  return command === undefined ? { unknown: name } : { command, rest: rest.trim() };
}

export function helpLines(commands: Commands): Line[] {
  const rows = Object.entries(commands).map(([name, { takes, help }]) => [
    `/${name}${takes === undefined ? '' : ` ${takes}`}`,
    help,
  ]);
  const width = Math.max(...rows.map(([call = '']) => call.length));
  return rows.map(([call = '', help = '']) => ({ tone: 'hint', text: `${call.padEnd(width)}  ${help}` }));
}
