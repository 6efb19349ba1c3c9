import { type FileHandle, open } from 'node:fs/promises';

/** A file that lines are added to. */
export interface LogFile {
  write: (line: string) => void;
  /** Resolves when what was written is in the file, or cannot be. */
  close: () => Promise<void>;
}

/**
 * A log that outlives a full disk: lines that cannot be written are dropped and counted, and the file says so once
 * there is space again. It never fails, as losing a log must not end what is logged.
 */
export function openLogFile(path: string): LogFile {
  let file: FileHandle | undefined;
  let waiting: string[] = [];
  let lost = 0;
  let writing: Promise<void> | undefined;

  const writeAll = async () => {
    while (waiting.length > 0) {
      const lines = waiting;
      waiting = [];
      // The first line break ends what a failed write may have left half.
      const gap = lost > 0 ? `\n(about ${lost} lines are missing here: they could not be written)\n` : '';
      try {
        file ??= await open(path, 'a');
        await file.appendFile(`${gap}${lines.join('\n')}\n`);
        lost = 0;
      } catch {
        lost += lines.length;
        await file?.close().catch(() => {});
        file = undefined;
      }
    }
    writing = undefined;
  };

  return {
    write: (line) => {
      waiting.push(line);
      writing ??= writeAll();
    },
    close: async () => {
      await writing;
      await file?.close().catch(() => {});
    },
  };
}
