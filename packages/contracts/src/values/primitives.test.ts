import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clientEvents,
  clientId,
  content,
  epoch,
  id,
  jsonObject,
  MAX_CONTENT_LENGTH,
  MAX_JSON_LENGTH,
  seenSeq,
  seq,
  text,
  timestamp,
} from '../index.ts';

const HALF_PAIR = '\ud83d';
const issuesOf = (result: { error?: { issues: { message: string }[] } | undefined }) =>
  result.error?.issues.map(({ message }) => message) ?? [];

const UNSTORABLE: [string, string][] = [
  ['NUL', 'a\u0000b'],
  ['half a surrogate pair', `a${HALF_PAIR}b`],
  ['the other half', 'a\ude00b'],
  ['several of them', `\u0000a${HALF_PAIR}${HALF_PAIR}\u0000b`],
];
const without = (value: string) =>
  [...value].filter((char) => char !== '\u0000' && !/^[\ud800-\udfff]$/.test(char)).join('');

describe('[S2] text', () => {
  it.each(UNSTORABLE)('leaves out %s, which Postgres cannot keep and nobody can see', (_, value) => {
    expect(text(10).parse(value)).toBe('ab');
    expect(content.parse(value)).toBe('ab');
  });

  it('keeps any other text unchanged, up to its limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (value) => {
        const parsed = text(80).safeParse(value);
        expect(parsed.success).toBe(without(value) !== '');
        if (parsed.success) expect(parsed.data).toBe(without(value));
      }),
    );
  });

  it('counts what is left', () => {
    expect(text(2).parse('\u0000ab\u0000')).toBe('ab');
    expect(issuesOf(text(2).safeParse('\u0000'))).toEqual(['must not be empty']);
  });

  it('counts code points, as Postgres and JSON Schema do, and says the limit', () => {
    expect(text(2).safeParse('😀!').success).toBe(true);
    expect(issuesOf(text(2).safeParse('😀!?'))).toEqual(['must have at most 2 characters']);
    expect(issuesOf(text(2).safeParse(''))).toEqual(['must not be empty']);
  });
});

describe('[S2] an id', () => {
  it.each(UNSTORABLE)('with %s is refused: without it, it could be another', (_, value) => {
    expect(issuesOf(clientId.safeParse(value))).toEqual(['must not contain NUL characters or broken surrogate pairs']);
  });
});

describe('[S2] content', () => {
  it.each(['', ' ', '\n\t\u00a0\u2003'])('refuses the blank %j', (value) => {
    expect(issuesOf(content.safeParse(value))).toContain(value === '' ? 'must not be empty' : 'must not be blank');
  });

  it('keeps the blanks around what is said', () => {
    expect(content.parse('  code\n    indented\n')).toBe('  code\n    indented\n');
  });

  it('ends at its limit', () => {
    expect(content.safeParse('x'.repeat(MAX_CONTENT_LENGTH)).success).toBe(true);
    expect(content.safeParse('x'.repeat(MAX_CONTENT_LENGTH + 1)).success).toBe(false);
  });
});

describe('[S2] free-form JSON', () => {
  it('keeps what the caller put in', () => {
    const value = { page: '/orders', nested: { list: [1, null, true, 'ü'], empty: {} } };
    expect(jsonObject.parse(value)).toEqual(value);
  });

  it.each<[string, unknown]>([
    ['a list', []],
    ['null', null],
    ['a word', 'text'],
  ])('refuses %s', (_, value) => {
    expect(jsonObject.safeParse(value).success).toBe(false);
  });

  it.each<[string, unknown, unknown]>([
    ['NUL in a value', { a: 'x\u0000' }, { a: 'x' }],
    ['NUL in a key', { 'x\u0000': 1 }, { x: 1 }],
    ['NUL deep down', { a: [{ b: ['\u0000'] }] }, { a: [{ b: [''] }] }],
    ['a title cut in the middle of an emoji', { title: `Sale ${HALF_PAIR}` }, { title: 'Sale ' }],
    ['NUL after a backslash', { a: '\\\u0000' }, { a: '\\' }],
  ])('leaves out %s', (_, value, kept) => {
    expect(jsonObject.parse(value)).toEqual(kept);
  });

  it.each<[string, unknown]>([
    ['the letters of an escaped NUL', { a: '\\u0000' }],
    ['a backslash before them', { a: '\\\\u0000' }],
    ['a whole surrogate pair', { a: '😀' }],
  ])('takes %s', (_, value) => {
    expect(jsonObject.safeParse(value).success).toBe(true);
  });

  it('gives what Postgres can keep, for any JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' })), (value) => {
        const parsed = jsonObject.safeParse(value);
        expect(parsed.success).toBe(JSON.stringify(value).length <= MAX_JSON_LENGTH);
        if (!parsed.success) return;
        expect(allTexts(parsed.data).every((item) => !item.includes('\u0000') && item.isWellFormed())).toBe(true);
        // A key of this name is left out as well: it would change an object's prototype where somebody copies it.
        const changed = allTexts(value).some((item) => without(item) !== item || item === '__proto__');
        if (!changed) expect(parsed.data).toEqual(value);
      }),
    );
  });

  it('ends at its limit, counted as JSON', () => {
    const frame = JSON.stringify({ a: '' }).length;
    expect(jsonObject.safeParse({ a: 'x'.repeat(MAX_JSON_LENGTH - frame) }).success).toBe(true);
    expect(jsonObject.safeParse({ a: 'x'.repeat(MAX_JSON_LENGTH - frame + 1) }).success).toBe(false);
  });

  it('refuses what is nested too deeply to be written, instead of failing', () => {
    const deep: unknown = JSON.parse(`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`);
    const parsed = clientEvents['customer:start_chat'].payload.safeParse({ userId: 'a', metadata: deep });
    expect(parsed.error?.issues.map(({ path }) => path)).toEqual([['metadata']]);
  });

  function allTexts(value: unknown): string[] {
    if (typeof value === 'string') return [value];
    if (Array.isArray(value)) return value.flatMap(allTexts);
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, item]) => [key, ...allTexts(item)]);
  }
});

describe('[S2] ids, numbers and times', () => {
  it.each(['', 'x', '*', '>', '019a7c50-7d1e-7c3a-9f6e-2b8d41c0a7f5.more', '019a7c50-7d1e-7c3a-9f6e-2b8d41c0a7f5 '])(
    'an id is one token of a subject, so %j is none',
    (value) => {
      expect(id.safeParse(value).success).toBe(false);
    },
  );

  it.each([0, -1, 1.5, Number.NaN, 2 ** 31, Number.MAX_SAFE_INTEGER, '1', null])('%j numbers no entry', (value) => {
    expect(seq.safeParse(value).success).toBe(false);
    expect(epoch.safeParse(value).success).toBe(false);
    expect(seenSeq.safeParse(value).success).toBe(value === 0);
  });

  it('numbers go as far as Postgres keeps them', () => {
    expect(seq.safeParse(2 ** 31 - 1).success).toBe(true);
  });

  it.each(['2026-03-02', '2026-03-02T09:30:00', '2026-03-02T09:30:00+01:00', '2026-02-30T09:30:00Z', 'now'])(
    'a time is ISO 8601 in UTC, so %j is none',
    (value) => {
      expect(timestamp.safeParse(value).success).toBe(false);
    },
  );

  it('takes what Date writes', () => {
    expect(timestamp.parse(new Date(0).toISOString())).toBe('1970-01-01T00:00:00.000Z');
  });
});
