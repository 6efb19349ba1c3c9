import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Where servers are installed though an ordinary user's PATH may not name it (Debian's nats-server: /usr/sbin). */
const MORE_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/opt/homebrew/bin', '/usr/local/bin'];

/**
 * The full path of a program, or undefined when this machine does not have it.
 * @param path the folders to look in, as PATH has them; unless given, PATH and where servers usually are
 */
export async function findProgram(name: string, path?: string): Promise<string | undefined> {
  const folders = path?.split(delimiter) ?? [...(process.env.PATH ?? '').split(delimiter), ...MORE_FOLDERS];
  for (const folder of folders) {
    if (folder === '') continue;
    const candidate = join(folder, name);
    const executable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return candidate;
  }
  return undefined;
}
