import { channels } from '@baton/contracts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decode, encode, hasTypesOf } from './payload.ts';

describe('the types of a payload', () => {
  const fits = hasTypesOf(
    z.object({
      text: z.string().max(3),
      id: z.uuid(),
      count: z.int(),
      on: z.boolean(),
      kind: z.enum(['a', 'b']),
      maybe: z.string().optional(),
      none: z.string().nullable(),
      list: z.array(z.object({ seq: z.int() })),
      more: z.record(z.string(), z.unknown()),
    }),
  );
  const good = { text: 'abc', id: 'x', count: 1, on: true, kind: 'a', none: null, list: [{ seq: 1 }], more: {} };

  it('fit when each member has the type of its schema', () => {
    expect(fits(good)).toBe(true);
    expect(fits({ ...good, maybe: 'x', none: 'x', list: [] })).toBe(true);
  });

  it('fit with members and values that a newer version has added', () => {
    expect(fits({ ...good, new: 1, kind: 'c', text: 'longer' })).toBe(true);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', []],
    ['a member of another type', { ...good, count: '1' }],
    ['a missing member', { ...good, on: undefined }],
    ['an optional member of another type', { ...good, maybe: 1 }],
    ['a list with a hole', { ...good, list: [{ seq: 1 }, null] }],
    ['a list in place of an object', { ...good, more: [] }],
  ])('do not fit: %s', (_, value) => expect(fits(value)).toBe(false));

  it('look into the entries of a log', () => {
    const entries = hasTypesOf(channels.live.entry.payload);
    expect(entries({ sessionId: 'x', entries: [{ kind: 'message' }] })).toBe(true);
    expect(entries({ sessionId: 'x', entries: [{ content: 'x' }] })).toBe(false);
  });
});

describe('the bytes of a payload', () => {
  it('are JSON', () => {
    expect(decode(encode({ a: 'ß' }))).toEqual({ a: 'ß' });
  });
  it('stand for an object without members when there are none', () => {
    expect(decode(new Uint8Array())).toEqual({});
  });
  it('that are no JSON are nothing', () => {
    expect(decode(new TextEncoder().encode('{"a":'))).toBeUndefined();
  });
});
