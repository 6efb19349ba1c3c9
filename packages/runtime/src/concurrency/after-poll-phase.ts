/**
 * Resolves when what has arrived in this turn of the event loop has been read. Who waits for it before writing to a
 * connection that many share writes together with all who do: one system call instead of one each. It is a moment, not
 * a timer: an idle process goes on at once.
 */
export function endOfTurn(): Promise<void> {
  present ??= new Promise((resolve) => {
    setImmediate(() => {
      present = undefined;
      resolve();
    });
  });
  return present;
}
let present: Promise<void> | undefined;
