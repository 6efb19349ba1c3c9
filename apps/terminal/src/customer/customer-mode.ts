import { foreign } from '../screen/foreign.ts';
import { connectionEvents, openStage } from '../screen/mode-screen.ts';
import type { OpenScreen } from '../screen/screen.ts';
import { type Line, lineOf, positionWords } from '../screen/words.ts';
import { type Customer, createCustomer } from './customer.ts';

/** A customer in front of the terminal. Resolves with the exit code. */
export async function customerMode(options: {
  url: string;
  userId: string;
  key?: string | undefined;
  open: OpenScreen;
}): Promise<number> {
  const stage = openStage({
    open: options.open,
    say: (text, { hint }) => {
      if (customer.status === 'closed') hint('The chat has ended. /quit leaves.');
      else customer.say(text);
    },
    onTyping: (text) => customer.typing(text !== ''),
    quitHelp: 'leave without ending the chat',
    commands: ({ refused, hint }) => ({
      human: {
        takes: '[reason]',
        help: 'ask for a human',
        run: async (reason) => {
          if (customer.status === 'agent') return hint(`${customer.agentName ?? 'An agent'} is already with you.`);
          if (customer.status === 'waiting') return hint('You’re in the queue already.');
          const reply = await customer.askForHuman(reason || undefined);
          if (!reply.ok) refused(reply);
        },
      },
      cancel: {
        formerly: ['nevermind'],
        help: 'leave the queue; back to the bot',
        run: async () => {
          const reply = await customer.cancelRequest();
          if (!reply.ok) refused(reply);
        },
      },
      end: {
        help: 'end the chat',
        run: async () => {
          const reply = await customer.end();
          if (!reply.ok) refused(reply);
        },
      },
    }),
  });
  const { screen, hint, refused } = stage;
  screen.prompt('you › ');

  const customer = createCustomer({
    url: options.url,
    userId: options.userId,
    key: options.key,
    ...connectionEvents(() => stage, options.url),
    onReady(session, resumed) {
      if (resumed) return hint('Back online; nothing was lost.');
      hint(`Chat ${session.id} at ${options.url}, as ${session.userId}`);
      hint('/human  /cancel  /end  /help  /quit');
    },
    onShown: (item) => screen.print(lineOf(item, 'customer')),
    onChange: () => screen.live(liveLines(customer)),
    onRefused: (item, { message }) => screen.print({ tone: 'error', text: `Not sent: “${item.content}”. ${message}` }),
    onTrouble: refused,
    onClosed: () => hint('The chat has ended. /quit leaves.'),
  });
  const code = await stage.ended;
  customer.leave();
  await screen.close();
  return code;
}

/** What stands below the log: the draft, who is typing, what is unsent, the position. */
function liveLines({ draft, typist, unsent, position }: Customer): Line[] {
  return [
    ...unsent.map(({ content }): Line => ({ tone: 'hint', who: 'you', text: `${content}  (sending…)` })),
    ...(draft ? [{ tone: 'bot', who: 'bot', text: `${foreign(draft.text)} ▍` } satisfies Line] : []),
    ...(typist && !draft
      ? [
          {
            tone: 'hint',
            text: `${typist.sender === 'bot' ? 'The bot' : foreign(typist.name ?? 'The other side')} is typing…`,
          } satisfies Line,
        ]
      : []),
    ...(position ? [{ tone: 'warning', text: positionWords(position) } satisfies Line] : []),
  ];
}
