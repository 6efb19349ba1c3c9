import { expect, it } from 'vitest';
import { currentTrace, inTrace, traceparent } from '../src/index.ts';

const parent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

it('goes on with the trace of the caller, as a step of its own', () => {
  inTrace(parent, () => {
    expect(currentTrace()?.traceId).toBe('a'.repeat(32));
    expect(currentTrace()?.spanId).not.toBe('b'.repeat(16));
    expect(traceparent()).toMatch(new RegExp(`^00-${'a'.repeat(32)}-[0-9a-f]{16}-01$`));
  });
  expect(currentTrace()).toBeUndefined();
});

const strange = [
  `99-${'a'.repeat(32)}`,
  `99${parent.slice(2)}`,
  parent.replace('a', 'A'),
  parent.replace('a', '\n'),
  `${parent}0`,
];
it.each([undefined, '', 'nonsense', ...strange])('begins a new trace without a usable one: %s', (header) => {
  inTrace(header, () => expect(currentTrace()?.traceId).toMatch(/^[0-9a-f]{32}$/));
});

it('is kept across awaits and apart between concurrent callers', async () => {
  const seen = await Promise.all(
    ['1', '2', '3'].map((digit) =>
      inTrace(`00-${digit.repeat(32)}-${'b'.repeat(16)}-01`, async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
        return currentTrace()?.traceId;
      }),
    ),
  );
  expect(seen).toEqual(['1'.repeat(32), '2'.repeat(32), '3'.repeat(32)]);
});
