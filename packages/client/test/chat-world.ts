import { createChat, memoryStorage } from '../src/index.ts';
import { fakeBaton } from './fake-baton.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { type Line, manualNetwork } from './manual-network.ts';

/** A customer's device with a chat on it, and the server, all driven by a test. */
export function chatWorld(random?: () => number) {
  const time: ManualClock = manualClock(random);
  const baton = fakeBaton();
  const network = manualNetwork(time.clock, baton.server);
  const storage = memoryStorage();
  const opened: ReturnType<typeof createChat>[] = [];

  /** A page of this customer; another one on the same device is a reload, or a second tab. */
  const page = (options: { userId?: string; metadata?: Record<string, unknown> } = {}) => {
    const line: Line = network.line();
    const chat = createChat({
      userId: 'ada',
      storage,
      transport: line.transport,
      clock: time.clock,
      ...options,
    });
    opened.push(chat);
    return { chat, line };
  };
  const flow = async (line: Line) => {
    line.up();
    await network.deliver();
    await time.pass(20);
    await network.deliver();
  };
  /** A page with an open chat. */
  const open = async () => {
    const made = page();
    const started = made.chat.start();
    await flow(made.line);
    const result = await started;
    if (!result.ok) throw new Error(result.code);
    return made;
  };
  return { time, baton, network, storage, page, flow, open };
}

export const textsOf = (chat: Pick<ReturnType<typeof createChat>, 'state'>): string[] =>
  chat.state.items.map(({ content }) => content);

/** Own messages with how far they have come. */
export const deliveriesOf = (chat: Pick<ReturnType<typeof createChat>, 'state'>): [string, string | undefined][] =>
  chat.state.items.flatMap((item) => (item.kind === 'message' && item.own ? [[item.content, item.delivery]] : []));
