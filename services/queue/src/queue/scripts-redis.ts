import { luaBeside, type Script, scriptOf } from '../platform/connection-redis.ts';

const lua = luaBeside(import.meta.url);
const prelude = lua('queue');
const once = lua('once');

/** A script on the line that only reads, or may run twice. */
export const scriptOnLine = (body: string): Script => scriptOf(`${prelude}\n${body}`);
/** A script that changes the line at most once: its eighth key remembers the operation. */
export const scriptThatChanges = (body: string): Script =>
  scriptOf(`${prelude}\n${once.replace('--[[change]]', () => body)}`);

/** The keys of the line, as the scripts have them; the guide's names, and ours. */
export function lineKeys(prefix: string) {
  const key = (name: string) => `${prefix}${name}`;
  return {
    /** KEYS[1..7] of every script. */
    line: [
      'queue:high',
      'queue:normal',
      'queue:low',
      'queue_metadata',
      'queue:epochs',
      'queue:claims',
      'queue:version',
    ].map(key),
    operation: (id: string) => key(`queue:operation:${id}`),
    /** Who has left the line, in even and in odd minutes. */
    left: ['queue:left:even', 'queue:left:odd'].map(key),
    compared: key('queue:compared'),
    claimed: key('queue:claimed_by_minute'),
  };
}
export type LineKeys = ReturnType<typeof lineKeys>;
