import { createInterface } from 'node:readline';
import type { OpenScreen } from './screen.ts';

/** For scripts and pipes: each line as it comes, nothing redrawn. Lines of the standard input are what is entered. */
export const openPlainScreen =
  (options: { input: NodeJS.ReadableStream | undefined; output: NodeJS.WritableStream }): OpenScreen =>
  (input) => {
    const lines = options.input && createInterface({ input: options.input, crlfDelay: Number.POSITIVE_INFINITY });
    lines?.on('line', input.onLine);
    lines?.on('close', input.onEnd);
    return {
      print(...printed) {
        for (const { who, text, tone } of printed) {
          const label = who === undefined ? (tone === 'error' ? 'error: ' : '* ') : `${plain(who)}: `;
          const lines = plain(text).split('\n');
          options.output.write(`${label}${lines.join(`\n${' '.repeat(label.length)}`)}\n`);
        }
      },
      live() {},
      prompt() {},
      async close() {
        lines?.removeAllListeners('close');
        lines?.close();
      },
    };
  };

/**
 * For any line of any author: a file or a program reads it, which a tab disturbs as well.
 */
const plain = (text: string): string =>
  text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\t', '    ')
    .replaceAll(/[^\P{Cc}\n]/gu, '');
