/** Longer times are not believed: the next request is made after an hour at the latest. */
const LONGEST_MS = 3_600_000;

/**
 * The wait that an endpoint asks for, in milliseconds; undefined when it names none. Reads the forms in use:
 * `retry-after-ms`; `retry-after`, in seconds or as a date; and the reset times of single limits,
 * `x-ratelimit-reset-requests: 6m0s` beside `x-ratelimit-remaining-requests: 0`.
 */
export function retryAfter(headers: Headers | undefined, now = Date.now()): number | undefined {
  if (headers === undefined) return undefined;
  const wait =
    number(headers.get('retry-after-ms')) ??
    seconds(headers.get('retry-after')) ??
    until(headers.get('retry-after'), now) ??
    longestReset(headers, now);
  return wait === undefined ? undefined : Math.min(Math.max(0, wait), LONGEST_MS);
}

/** The longest reset time of the limits that are used up. */
function longestReset(headers: Headers, now: number): number | undefined {
  const waits = [...headers].flatMap(([name, value]) => {
    const [, limit] = /^x-ratelimit-reset(-[a-z-]+)?$/.exec(name) ?? [];
    if (!name.startsWith('x-ratelimit-reset')) return [];
    const left = number(headers.get(`x-ratelimit-remaining${limit ?? ''}`));
    if (left !== undefined && left > 0) return [];
    return duration(value) ?? moment(value, now) ?? until(value, now) ?? [];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

const DIGITS = /^\d{1,15}(?:\.\d{1,9})?$/;
/** A larger number is Unix time, not a duration in seconds. */
const A_MOMENT = 1_000_000_000;

function number(text: string | null): number | undefined {
  return text !== null && DIGITS.test(text.trim()) ? Number(text) : undefined;
}

function seconds(text: string | null): number | undefined {
  const given = number(text);
  return given === undefined ? undefined : given * 1_000;
}

/** Seconds from now, or since 1970. */
function moment(text: string, now: number): number | undefined {
  const given = number(text);
  if (given === undefined) return undefined;
  return given < A_MOMENT ? given * 1_000 : given * (given < A_MOMENT * 1_000 ? 1_000 : 1) - now;
}

/** A date, as HTTP writes it or by ISO 8601. */
function until(text: string | null, now: number): number | undefined {
  if (text === null || !/[a-z]/i.test(text) || !/\d{4}/.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : date - now;
}

const UNITS = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** As Go writes it: `6m0s`, `1h2m3.5s`, `120ms`. */
function duration(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d{1,9}(?:\.\d{1,9})?)(ms|h|m|s)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text.trim()) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS], 0);
}
