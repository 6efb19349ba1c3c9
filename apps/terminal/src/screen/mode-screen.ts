import type { Problem } from '@baton/client';
import { type Commands, helpLines, understand } from './commands.ts';
import type { OpenScreen, Screen } from './screen.ts';
import type { Line } from './words.ts';

/** What the modes have in common: a screen, the commands, and an end. */
export interface Stage {
  readonly screen: Screen;
  print(...lines: Line[]): void;
  hint(text: string): void;
  warn(text: string): void;
  /** Shows why something was refused. */
  refused(why: Problem): void;
  /** Ends the mode with this exit code. */
  end(code: number): void;
  /** Resolves, with the exit code, when the mode has ended. */
  readonly ended: Promise<number>;
}

/** Opens the screen. Whatever is not a command goes to `say`. */
export function openStage(options: {
  open: OpenScreen;
  commands: (stage: Stage) => Commands;
  say: (text: string, stage: Stage) => void;
  onTyping?: (text: string) => void;
  /** What leaving means. */
  quitHelp?: string;
  /** Ctrl-C or the end of the input; leaves when not given. */
  onInterrupt?: (stage: Stage) => void;
}): Stage {
  const { promise: ended, resolve } = Promise.withResolvers<number>();
  const screen = options.open({
    onLine(text) {
      const meaning = understand(text, commands);
      if ('say' in meaning) options.say(meaning.say, self);
      else if ('unknown' in meaning)
        self.warn(
          `Unknown command /${meaning.unknown}. /help lists the commands; start with // to send a line that begins with a slash.`,
        );
      else void meaning.command.run(meaning.rest);
    },
    onTyping: (text) => options.onTyping?.(text.startsWith('/') ? '' : text),
    onEnd: () => (options.onInterrupt ? options.onInterrupt(self) : resolve(0)),
  });
  const self: Stage = {
    screen,
    print: (...lines) => screen.print(...lines),
    hint: (text) => screen.print({ tone: 'hint', text }),
    warn: (text) => screen.print({ tone: 'warning', text }),
    refused: ({ message }) => screen.print({ tone: 'error', text: message }),
    end: resolve,
    ended,
  };
  const commands: Commands = {
    ...options.commands(self),
    help: { help: 'this list', run: () => self.print(...helpLines(commands)) },
    quit: { help: options.quitHelp ?? 'leave', run: () => resolve(0) },
  };
  return self;
}

/** The lines about a connection that every mode shows alike. */
export const connectionEvents = (print: () => Pick<Stage, 'hint' | 'warn'>, url: string) => ({
  onDown: () => print().warn('No connection; reconnecting. What you write is sent once you’re back online.'),
  onUnreachable: (why: string) => print().warn(`${url} is unavailable (${why}); trying again.`),
  onDraining: () => print().hint('This server is restarting; you’ll be reconnected automatically.'),
});
