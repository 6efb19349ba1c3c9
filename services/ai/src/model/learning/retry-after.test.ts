import { describe, expect, it } from 'vitest';
import { retryAfter } from './retry-after.ts';

const now = Date.parse('2026-03-02T09:30:00.000Z');
const asked = (headers: Record<string, string>) => retryAfter(new Headers(headers), now);

describe('[A1] the wait that an endpoint asks for', () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': 'Mon, 02 Mar 2026 09:30:20 GMT' }, 20_000],
    [{ 'retry-after': 'Mon, 02 Mar 2026 09:29:20 GMT' }, 0],
    [{ 'retry-after': '2026-03-02T09:30:05Z' }, 5_000],
    [{ 'retry-after-ms': '250', 'retry-after': '1' }, 250],
    [{ 'x-ratelimit-reset-requests': '6m0s' }, 360_000],
    [{ 'x-ratelimit-reset-tokens': '1.5s', 'x-ratelimit-reset-requests': '120ms' }, 1_500],
    [
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '20s',
        'x-ratelimit-remaining-tokens': '9000',
        'x-ratelimit-reset-tokens': '6m0s',
      },
      20_000,
    ],
    [{ 'x-ratelimit-reset': '12' }, 12_000],
    [{ 'x-ratelimit-reset': String(now / 1_000 + 9) }, 9_000],
    [{ 'x-ratelimit-reset': String(now + 9_000) }, 9_000],
    [{ 'retry-after': '3', 'x-ratelimit-reset-requests': '6m0s' }, 3_000],
    [{ 'retry-after': '99999999' }, 3_600_000],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'x-ratelimit-reset-requests': 'whenever 5s' }, undefined],
    [{ 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': '20s' }, undefined],
    [{}, undefined],
  ])('%o', (headers, wait) => expect(asked(headers)).toBe(wait));

  it('says nothing without headers', () => expect(retryAfter(undefined)).toBeUndefined());
});
