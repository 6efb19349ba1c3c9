/** What was acquired, each part with how to let it go. */
export interface Releases {
  /** Registers a release at once after what it releases was acquired; when all was let go already, it runs now. */
  add: (release: () => Promise<void>) => Promise<void>;
  /** Lets everything go, the newest first, one after the other; what fails is reported and does not stop the rest. */
  all: () => Promise<void>;
}

export function releases(onError: (error: unknown) => void): Releases {
  const stack: (() => Promise<void>)[] = [];
  let over = false;
  const run = async (release: () => Promise<void>) => {
    try {
      await release();
    } catch (error) {
      onError(error);
    }
  };
  return {
    add: async (release) => {
      if (over) await run(release);
      else stack.push(release);
    },
    all: async () => {
      over = true;
      for (let release = stack.pop(); release !== undefined; release = stack.pop()) await run(release);
    },
  };
}
