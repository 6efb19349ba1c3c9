import { fstatSync, writeSync } from 'node:fs';
import { styleText } from 'node:util';

const paint = (style: Parameters<typeof styleText>[0], text: string) =>
  styleText(style, text, { stream: process.stdout });

// When the terminal was closed, or the pipe's reader has gone, the program continues to its orderly end without output.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

/**
 * A stream to a file ends with the first failure, such as a full disk; a file by itself can be written to afterwards.
 */
const isFile = fstatSync(1).isFile();

function write(text: string): void {
  if (!isFile) {
    process.stdout.write(text);
    return;
  }
  try {
    writeSync(1, text);
  } catch {
    // This line is lost; the next ones need not be.
  }
}

/** The program's beginning, in milliseconds; a program that ran this one in its place passes on its own start. */
const BEGAN = Number(process.env.BATON_BEGAN ?? Date.now() - process.uptime() * 1_000);

/** Seconds since the beginning, for people: '3.4 s'. */
export function elapsed(): string {
  return `${((Date.now() - BEGAN) / 1_000).toFixed(1)} s`;
}

/** One line with the time since the program began; plain text, so that it reads the same in a terminal and in a log. */
export function say(line: string): void {
  write(`${paint('dim', elapsed().padStart(8))}  ${line}\n`);
}

/** Lines without a time, for what is read as a whole. */
export function show(text: string): void {
  write(`${text}\n`);
}

/** Something a person must see. */
export function warn(line: string): void {
  write(`${paint('yellow', line)}\n`);
}

export function heading(text: string): string {
  return paint('bold', text);
}
