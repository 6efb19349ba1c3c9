import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { openPlainScreen } from './screen-plain.ts';

it('prints no control character, in anybody’s line and in anybody’s name', () => {
  const output = new PassThrough();
  const screen = openPlainScreen({ input: undefined, output })({
    onLine: () => {},
    onTyping: () => {},
    onEnd: () => {},
  });
  const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code, code + 128)).join('');
  screen.print(
    { tone: 'customer', who: 'Eve\u001b]0;title\u0007\n', text: `one${controls}\u007f two\r\nthree\tfour` },
    { tone: 'error', text: 'refused: \u001b[2J\u009b31m' },
    // What keeps words of others to their own direction is no control character.
    { tone: 'event', text: 'by \u2068eve\u2069' },
  );
  const printed = String(output.read());
  expect([...printed.replaceAll('\n', '')].filter((one) => /\p{Cc}/u.test(one))).toEqual([]);
  expect(printed).toContain('by \u2068eve\u2069');
  expect(printed.split('\n').map((line) => line.trimStart())).toContain('three    four');
  expect(printed).toContain('error: refused: [2J31m');
});
