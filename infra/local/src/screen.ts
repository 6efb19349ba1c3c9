import { styleText } from 'node:util';

const paint = (style: Parameters<typeof styleText>[0], text: string) =>
  styleText(style, text, { stream: process.stdout });

/** The program's beginning, in milliseconds; a program that handed over to this one tells when it began itself. */
const BEGAN = Number(process.env.BATON_BEGAN ?? Date.now() - process.uptime() * 1_000);

/** Seconds since the beginning, for people: '3.4 s'. */
export function elapsed(): string {
  return `${((Date.now() - BEGAN) / 1_000).toFixed(1)} s`;
}

/** One line with the time since the program began; plain text, so that it reads the same in a terminal and in a log. */
export function say(line: string): void {
  process.stdout.write(`${paint('dim', elapsed().padStart(8))}  ${line}\n`);
}

/** Lines as they are, for what is to be read as a whole. */
export function show(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Something a person must see. */
export function warn(line: string): void {
  process.stdout.write(`${paint('yellow', line)}\n`);
}

export function heading(text: string): string {
  return paint('bold', text);
}
