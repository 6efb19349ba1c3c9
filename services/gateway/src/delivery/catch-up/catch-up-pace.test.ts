import { expect, it } from 'vitest';
import { createCatchUpPace } from './catch-up-pace.ts';

const MB = 1_048_576;
const signal = new AbortController().signal;

/** A pace at a clock that a test sets, and readers that are always ready. */
function pacing() {
  let now = 0;
  const pace = createCatchUpPace({ trusted: (address) => address === '10.0.0.1', clock: () => now });
  return {
    pace,
    pass: (ms: number) => {
      now += ms;
    },
    reader: (address: string) => pace.begin({ address, drained: () => Promise.resolve() }, signal),
  };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

it('[S6] gives no page before the one before has left', async () => {
  const { pace } = pacing();
  let leave: (() => void) | undefined;
  const drained = () =>
    new Promise<void>((resolve) => {
      leave = resolve;
    });
  const turns = pace.begin({ address: '192.0.2.1', drained }, signal);
  let given = false;
  const turn = turns().then(() => {
    given = true;
  });
  await settle();
  expect(given).toBe(false);
  leave?.();
  await turn;
  expect(given).toBe(true);
});

it('[S6] lets who has read much read in turn with the others, one page at a time, by address', async () => {
  const { reader, pass } = pacing();
  const order: string[] = [];
  // All have used up what they may read without waiting.
  const addresses = ['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2'];
  const readers = addresses.map((address) => ({ address, next: reader(address) }));
  for (const { next } of readers) (await next()).end(100, 9 * MB);
  let atOnce = 0;
  let most = 0;
  await Promise.all(
    readers.map(async ({ address, next }) => {
      for (let page = 0; page < 4; page++) {
        const turn = await next();
        atOnce++;
        most = Math.max(most, atOnce);
        order.push(address);
        await settle();
        pass(1);
        atOnce--;
        turn.end(10, 100_000);
      }
    }),
  );
  expect(most).toBe(1);
  // Four readers of one address get no more than one of another.
  expect(order.slice(0, 8).filter((address) => address === '192.0.2.2').length).toBeGreaterThanOrEqual(3);
});

it('lets who has missed little, and trusted networks, wait for nobody', async () => {
  const { reader } = pacing();
  const greedy = reader('192.0.2.1');
  (await greedy()).end(100, 100 * MB);
  const held = await greedy();
  const waits = greedy();
  (await reader('10.0.0.1')()).end(100, 100 * MB);
  (await reader('10.0.0.1')()).end(100, 100 * MB);
  held.end(0, 0);
  await waits;
});

it('makes pages about as large as one fetch may bring, whatever the entries are', async () => {
  const { reader, pass } = pacing();
  const next = reader('192.0.2.1');
  (await next()).end(50, 50 * 16_000);
  const large = await next();
  expect(large.limit).toBe(4);
  large.end(4, 4 * 200);
  pass(100_000);
  const small = await next();
  expect(small.limit).toBeGreaterThan(300);
  small.end(1, 1_000_000);
  expect((await next()).limit).toBe(1);
});

it('leaves a pause after a page four times as long as the page took', async () => {
  const { reader, pass } = pacing();
  const next = reader('192.0.2.1');
  (await next()).end(100, 100 * MB);
  const turn = await next();
  pass(50);
  turn.end(1, 1);
  const begun = performance.now();
  await next();
  expect(performance.now() - begun).toBeGreaterThan(190);
});
