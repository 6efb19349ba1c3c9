import { isolated } from '@baton/client';
import type { Brief, Note, Position, Priority } from '@baton/contracts';
import type { Shown } from '../transcript-news.ts';
import { changeWords } from './change-words.ts';
import { foreign, harmless } from './foreign.ts';

/** Who is speaking, which decides the colour. */
export type Tone = 'you' | 'customer' | 'bot' | 'agent' | 'event' | 'note' | 'hint' | 'warning' | 'error';

export interface Line {
  tone: Tone;
  /** Whose words they are; nothing for what the program itself says. */
  who?: string;
  text: string;
}

/** Its limit ended an answer before its end. */
const CUT = '(This answer was cut short. Ask it to continue.)';

/** An entry of the log, for a reader on this side. */
export function lineOf(item: Shown, side: 'customer' | 'agent'): Line {
  if (item.kind === 'change')
    return { tone: 'event', text: side === 'customer' ? changeWords(item.change) : foreign(item.sentence) };
  const { sender, senderName, content } = item.message;
  const text = foreign(content);
  switch (sender) {
    case 'user':
      return side === 'customer' ? { tone: 'you', who: 'you', text } : { tone: 'customer', who: 'customer', text };
    case 'bot':
      return { tone: 'bot', who: 'bot', text: item.message.metadata.cut === undefined ? text : `${text}\n${CUT}` };
    case 'agent': {
      const who = foreign(senderName ?? 'agent');
      return side === 'agent' ? { tone: 'you', who, text } : { tone: 'agent', who, text };
    }
    case 'system':
      return { tone: 'event', text };
  }
}

export const noteLine = ({ agentName, content }: Note): Line => ({
  tone: 'note',
  who: `note by ${foreign(agentName)}`,
  text: foreign(content),
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
    text === undefined ? [] : [{ tone: 'note', who, text: foreign(text) }],
  );
}

/** [Q4] Place and estimate in words; or, while nobody is there to come, what can be done. */
export function positionWords({ position, waiting, estimate, online }: Position): string {
  if (online === false)
    return 'Nobody is online right now. You keep your place in the queue, and the assistant answers meanwhile; /cancel to leave the queue.';
  const place = position === 1 ? 'You’re next' : `You’re number ${position} of ${waiting} in the queue`;
  if (estimate === null) return `${place}.`;
  const { lowSeconds, highSeconds } = estimate;
  const [low, high] = [wholeMinutes(lowSeconds), wholeMinutes(highSeconds)];
  const range = low === high ? `about ${high}` : `${low} to ${high}`;
  return `${place}. Wait: ${highSeconds < 60 ? 'under a minute' : range}.`;
}

/** An estimate is never better than to the minute. */
const wholeMinutes = (seconds: number): string => inMinutes(Math.max(1, Math.round(seconds / 60)));

function inMinutes(minutes: number): string {
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** How long something took or takes, in the form of the pages: '0:06', '4:59', '5 min', '1 h 20 min'. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole >= 5 * 60) return inMinutes(Math.floor(whole / 60));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** @param now by the server's clock: see `now` of the SDK */
export const waitedFor = (since: string, now: number): string => duration((now - Date.parse(since)) / 1_000);

export const priorityMark: Record<Priority, string> = { high: '▲ high', normal: '• normal', low: '▽ low' };

/** The first words of others, for a line of ours. */
export const beginning = (text: string, length: number): string => isolated(cut(text, length));

/** The same in a column of this width. */
export function column(text: string, width: number): string {
  const shown = cut(text, width);
  return isolated(shown) + ' '.repeat(width - [...shown].length);
}

function cut(text: string, length: number): string {
  const line = harmless(text).replaceAll(/\s+/g, ' ').trim();
  const letters = [...line];
  return letters.length <= length
    ? line
    : `${letters
        .slice(0, length - 1)
        .join('')
        .trimEnd()}…`;
}
