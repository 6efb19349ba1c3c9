import { createAgentClient, memoryStorage } from '../src/index.ts';
import { fakeBaton } from './fake-baton.ts';
import { manualClock } from './manual-clock.ts';
import { type Line, manualNetwork } from './manual-network.ts';

/** An agent's device with an agent's client on it, and the server, all driven by a test. */
export function agentWorld() {
  const time = manualClock();
  const baton = fakeBaton();
  const network = manualNetwork(time.clock, baton.server);
  const storage = memoryStorage();

  const page = (options: { name?: string } = { name: 'Grace' }) => {
    const line: Line = network.line();
    return { client: createAgentClient({ storage, transport: line.transport, clock: time.clock, ...options }), line };
  };
  const flow = async (line: Line) => {
    line.up();
    await network.deliver();
    await time.pass(20);
    await network.deliver();
  };
  /** A page with an agent online. */
  const open = async () => {
    const made = page();
    const joined = made.client.join();
    await flow(made.line);
    const result = await joined;
    if (!result.ok) throw new Error(result.code);
    return { ...made, agent: result.value };
  };
  /** A chat that waits, with something in it. */
  const waiting = (...texts: string[]) => {
    const chat = baton.openChat({ userId: 'ada', botContext: null, metadata: {} });
    for (const content of texts) baton.say(chat, { sender: 'user', content });
    baton.change(chat, { to: 'waiting', cause: 'customer_requested', by: 'user' });
    return chat;
  };
  return { time, baton, network, storage, page, flow, open, waiting };
}
