/**
 * What `work` resolves to, or undefined when it takes longer, or when `signal` is aborted first. The work goes on, and
 * what it rejects with later is dropped.
 */
export async function within<T>(milliseconds: number, work: Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let giveUp: () => void = () => {};
  const late = new Promise<undefined>((resolve) => {
    giveUp = () => resolve(undefined);
    timer = setTimeout(giveUp, Math.max(0, milliseconds));
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}
