/** A wish of a person, or of the machine, that the program ends. */
export interface StopRequest {
  /** Resolves with the first signal. */
  asked: Promise<void>;
  signal: () => NodeJS.Signals | undefined;
  /** Whether a second signal followed: end by force what does not end at once. */
  hurry: () => boolean;
}

/** npm passes on the Ctrl-C that the terminal has sent here already; within this time it is the same one. */
const SAME_PRESS_MS = 1_000;

/** Listens to the signals that ask a program to end; from then on they do not end it by themselves. */
export function stopRequest(): StopRequest {
  let signal: NodeJS.Signals | undefined;
  let hurry = false;
  const asked = new Promise<void>((resolve) => {
    let first = 0;
    const hear = (name: NodeJS.Signals) => {
      if (signal !== undefined) {
        if (performance.now() - first > SAME_PRESS_MS) hurry = true;
        return;
      }
      signal = name;
      first = performance.now();
      resolve();
    };
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => hear(name));
    onOrphaned(() => hear('SIGTERM'));
  });
  return { asked, signal: () => signal, hurry: () => hurry };
}

const LOOK_EVERY_MS = 500;

/** Calls when the program that started this one, and would have passed the signals on, has gone without a word. */
function onOrphaned(act: () => void): void {
  // It names itself: under any other parent this program may well outlive it, as with nohup.
  if (process.env.BATON_PARENT !== String(process.ppid)) return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    act();
  }, LOOK_EVERY_MS);
  look.unref();
}
