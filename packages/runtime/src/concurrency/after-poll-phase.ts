/**
 * Resolves after the poll phase of the event loop, when everything that has arrived is read. Callers that wait for it
 * before they write to a shared connection write together: one system call instead of one each. It is no timer: an idle
 * process goes on at once.
 */
export function afterPollPhase(): Promise<void> {
  next ??= new Promise((resolve) => {
    setImmediate(() => {
      next = undefined;
      resolve();
    });
  });
  return next;
}
let next: Promise<void> | undefined;
