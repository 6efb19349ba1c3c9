import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../commands/end-leftovers.ts', import.meta.url));

/**
 * Waits for a line, which means that everything was stopped, or for the end of its input, which means that our process
 * died. A shell, because it costs next to nothing while it waits and is not called `node`.
 */
const WAIT = 'read -r line && exit 0; exec "$@"';

/**
 * Makes sure that no child outlives this process: if it is killed, every process recorded in `data` is ended within
 * seconds.
 * @returns call it when everything was stopped
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
