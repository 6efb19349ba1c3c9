import { afterEach, describe, expect, it } from 'vitest';
import { currentTrace, inSpan, inSpans, inTrace, recordSpans, type Span, traceparent } from '../index.ts';

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
  `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`,
  `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`,
  `${parent}0`,
];
it.each([undefined, '', 'nonsense', ...strange])('begins a new trace without a usable one: %s', (header) => {
  inTrace(header, () => expect(currentTrace()?.traceId).toMatch(/^(?!0+$|a+$)[0-9a-f]{32}$/));
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

describe('[O4] spans', () => {
  afterEach(() => recordSpans(undefined));

  /** Keeps what is recorded: `trace/parent name`, and how each ended. */
  function record(): { begun: string[]; ended: string[] } {
    const begun: string[] = [];
    const ended: string[] = [];
    recordSpans({
      begin(name, kind, from): Span {
        begun.push(`${from?.traceId[0] ?? 'new'}/${from?.spanId ?? 'root'} ${name} ${kind}`);
        const end = (fault?: string) => ended.push(`${name} ${fault ?? 'well'}`);
        return { traceId: from?.traceId ?? 'n'.repeat(32), spanId: `of ${name}`, note() {}, end };
      },
    });
    return { begun, ended };
  }

  it('hang on the step that called, in this process or in another', async () => {
    const { begun, ended } = record();
    await inTrace(parent, () => inSpan('inner', 'client', async () => 'done'), 'outer');
    inTrace(undefined, () => 'done', 'alone', 'consumer');
    expect(begun).toEqual([`a/${'b'.repeat(16)} outer server`, 'a/of outer inner client', 'new/root alone consumer']);
    expect(ended).toEqual(expect.arrayContaining(['alone well', 'inner well', 'outer well']));
  });

  it('end with the name of what went wrong, never with its text', async () => {
    const { ended } = record();
    const late = inSpan('late', 'internal', () => Promise.reject(new TypeError('what was written')));
    await expect(late).rejects.toThrow('what was written');
    expect(() =>
      inSpan('now', 'internal', () => {
        throw new RangeError('what was written');
      }),
    ).toThrow();
    expect(ended).toEqual(['late TypeError', 'now RangeError']);
  });

  it('of what is done once for several traces are in each of them', async () => {
    const { begun, ended } = record();
    const other = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
    const within = await inTrace(parent, () => inSpans('write', 'client', [other], async () => currentTrace()?.spanId));
    expect(begun).toEqual([`c/${'d'.repeat(16)} write client`, `a/${'b'.repeat(16)} write client`]);
    expect(ended).toEqual(['write well', 'write well']);
    expect(within).toBe('of write');
  });

  it('are none when nobody records them', () => {
    const step = inTrace(parent, () =>
      inSpan('inner', 'client', () => inSpans('write', 'client', [parent], currentTrace)),
    );
    expect(step?.traceId).toBe('a'.repeat(32));
  });
});
