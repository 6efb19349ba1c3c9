// Text that others wrote meets only expressions of linear time: one that backtracks lets a single message stop a
// process.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { check } from 'recheck';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PRODUCT = /^(services|packages\/(contracts|runtime|client|design)|apps)\/.*\.(ts|tsx|mts)$/;
const NOT_SHIPPED = /(^|\/)(test|stage|tools|prisma|generated)\/|\.test\.tsx?$/;

/** Not within what the checker can prove, read by people, and fuzzed below instead. */
const READ: ReadonlyMap<string, string> = new Map([
  ['(?<!\\\\)(?:\\\\\\\\)*\\\\u(?:0000|d[89a-f])', 'begins at the first of a row of backslashes only'],
  [
    '(?:(?<![.!?…])[.!?…]+["\'”’»)\\]]*(?=\\s)|[。！？][」』”’）]*|\\n\\s*\\n)',
    'begins at the first of a row of marks only; white space between line breaks is taken whole',
  ],
]);
/** Expressions that are put together, by file: what goes in is no text of others. */
const PUT_TOGETHER: readonly string[] = ['apps/terminal/src/screen/screen-ink.ts'];

interface Literal {
  pattern: string;
  flags: string;
}

const literals = new Map<string, Literal>();
const putTogether = new Set<string>();
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
});
for (const file of files.split('\n').filter((path) => PRODUCT.test(path) && !NOT_SHIPPED.test(path))) {
  const onCall = (callee: { type: string; name?: string }) => {
    if (callee.type === 'Identifier' && callee.name === 'RegExp') putTogether.add(file);
  };
  new Visitor({
    Literal(node) {
      if ('regex' in node) literals.set(`${file}: ${node.raw}`, node.regex);
    },
    NewExpression: ({ callee }) => onCall(callee),
    CallExpression: ({ callee }) => onCall(callee),
  }).visit(parseSync(file, readFileSync(join(ROOT, file), 'utf8')).program);
}
const toProve = [...literals].filter(([, { pattern }]) => !READ.has(pattern));
const toFuzz = [...literals].filter(([, { pattern }]) => READ.has(pattern));

describe('expressions of the product take linear time', () => {
  it.each(toProve)('%s', { timeout: 60_000 }, async (_, { pattern, flags }) => {
    const { status, ...found } = await check(pattern, flags, { checker: 'automaton', timeout: 30_000 });
    const attack = 'attack' in found ? found.attack?.pattern : undefined;
    expect(status, `split it, bound it, or use RE2; slow for ${attack ?? 'what the checker cannot tell'}`).toBe('safe');
  });

  it.each(toFuzz)('by trial: %s', (_, { pattern, flags }) => {
    const expression = new RegExp(pattern, flags);
    const pieces = [...new Set(pattern.split(/[\\()[\]?*+|{}^$]+/)), '\\', '\n', ' ', '!', '!"', 'a'].filter(Boolean);
    for (const piece of pieces) {
      for (const end of ['', 'a', '\u0001']) {
        const text = piece.repeat(Math.ceil(16_384 / piece.length)) + end;
        const before = process.cpuUsage();
        expression.lastIndex = 0;
        expression.test(text);
        expect(process.cpuUsage(before).user, JSON.stringify(piece)).toBeLessThan(50_000);
      }
    }
  });

  it('and are written out, so that they can be checked', () => {
    expect([...putTogether].sort()).toEqual(PUT_TOGETHER);
  });

  it('every exception is still there', () => {
    const patterns = new Set([...literals.values()].map(({ pattern }) => pattern));
    expect([...READ.keys()].filter((pattern) => !patterns.has(pattern))).toEqual([]);
  });
});
