import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../commands/end-leftovers.ts', import.meta.url));

/**
 * Waits for a line, which says that all was stopped, or for the end of its input, which comes when the process
 * at the other end has gone. A shell, as it costs next to nothing while it waits and is not called `node`.
 */
const WAIT = 'read -r line && exit 0; exec "$@"';

/**
 * Makes sure that nothing goes on for long without this process: should it be killed, what is remembered in `data` is
 * ended within seconds.
 * @returns what to call when all was stopped
 */
export function endWithUs(data: string): () => void {
  let watcher: ChildProcess;
  let over = false;
  const launch = () => {
    // A process group of its own: neither Ctrl-C nor the end of the terminal reaches it.
    watcher = spawn('sh', ['-c', WAIT, 'baton-watcher', process.execPath, PROGRAM, data], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    watcher.stdin?.on('error', () => {});
    watcher.on('error', () => {});
    watcher.once('exit', () => {
      if (!over) setTimeout(launch, 1_000).unref();
    });
    watcher.unref();
  };
  launch();
  return () => {
    over = true;
    watcher.stdin?.end('stopped\n');
  };
}
