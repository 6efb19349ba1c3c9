import type { Brief, Note, Position, Priority } from '@baton/contracts';
import type { Shown } from './shown.ts';

/** Who is speaking, which decides the colour. */
export type Tone = 'you' | 'customer' | 'bot' | 'agent' | 'event' | 'note' | 'hint' | 'warning' | 'error';

export interface Line {
  tone: Tone;
  /** Whose words they are; nothing for what the program itself says. */
  who?: string;
  text: string;
}

/** The same without what a terminal would obey: a stranger's words must not move the cursor or set its title. */
export const harmless = (text: string): string =>
  text.replaceAll(/\r\n?/g, '\n').replaceAll(/[^\P{Cc}\t\n]|[\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, '');

/** An entry of the log for whoever reads as `side`. */
export function lineOf(item: Shown, side: 'customer' | 'agent'): Line {
  if (item.kind === 'change') return { tone: 'event', text: harmless(item.sentence) };
  const { sender, senderName, content } = item.message;
  const text = harmless(content);
  switch (sender) {
    case 'user':
      return side === 'customer' ? { tone: 'you', who: 'you', text } : { tone: 'customer', who: 'customer', text };
    case 'bot':
      return { tone: 'bot', who: 'bot', text };
    case 'agent': {
      const who = harmless(senderName ?? 'agent');
      return side === 'agent' ? { tone: 'you', who, text } : { tone: 'agent', who, text };
    }
    case 'system':
      return { tone: 'event', text };
  }
}

export const noteLine = ({ agentName, content }: Note): Line => ({
  tone: 'note',
  who: `note by ${harmless(agentName)}`,
  text: harmless(content),
});

/** What the bot tells the agent at the handoff. */
export function briefLines({ summary, customerWants, tried, mood, language }: Brief): Line[] {
  const parts: [string, string | undefined][] = [
    ['so far', summary],
    ['wants', customerWants],
    ['tried', tried],
    ['mood', mood],
    ['language', language],
  ];
  return parts.flatMap(([who, text]): Line[] =>
    text === undefined ? [] : [{ tone: 'note', who, text: harmless(text) }],
  );
}

/** [Q4] Place and estimate in words. */
export function positionWords({ position, waiting, estimate }: Position): string {
  const place = position === 1 ? 'You are next in line' : `You are number ${position} of ${waiting} in line`;
  if (estimate === null) return `${place}.`;
  const { lowSeconds, highSeconds } = estimate;
  const range =
    duration(lowSeconds) === duration(highSeconds)
      ? `about ${duration(highSeconds)}`
      : `${duration(lowSeconds)} to ${duration(highSeconds)}`;
  return `${place}; the wait is likely ${highSeconds < 60 ? 'less than a minute' : range}.`;
}

/** A length of time in words, rounded to what people care about. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

export const waitedFor = (since: string, now = Date.now()): string => duration((now - Date.parse(since)) / 1_000);

export const priorityMark: Record<Priority, string> = { high: '▲ high', normal: '• normal', low: '▽ low' };

/** The first words of a text, on one line. */
export function beginning(text: string, length: number): string {
  const line = harmless(text).replaceAll(/\s+/g, ' ').trim();
  const letters = [...line];
  return letters.length <= length
    ? line
    : `${letters
        .slice(0, length - 1)
        .join('')
        .trimEnd()}…`;
}
