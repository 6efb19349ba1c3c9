import type { Priority, SessionStatus } from '@baton/contracts';
import { createAgent } from '../agent/agent.ts';
import { createCustomer } from '../customer/customer.ts';
import { connectionEvents, openStage } from '../screen/mode-screen.ts';
import type { OpenScreen } from '../screen/screen.ts';
import { priorityMark } from '../screen/words.ts';

/** What they say decides, by the bot's judgement, how urgent they are. */
const wishes = [
  'Could I talk to a human, please?',
  'No hurry at all, but I would like to talk to a human when somebody has time.',
  'This is urgent, I need to talk to a human right now!',
];
const rank: Record<Priority, number> = { high: 0, normal: 1, low: 2 };
/** Between the arrivals, so that the order within a priority can be told. */
const ARRIVAL_MS = 300;
const WAITING_TIMEOUT_MS = 60_000;
const PAUSE_MS = 400;

interface Member {
  userId: string;
  sessionId?: string;
  priority?: Priority;
  /** Number of the member among those who began to wait. */
  waitedAs?: number;
  status?: SessionStatus;
}

/**
 * A number of customers of different priorities ask for a human; shows the order in which they come out of the queue,
 * and whether it is the promised one. [Q1] With `withAgent` an agent of its own takes them, one at a time.
 */
export async function crowdMode(options: {
  url: string;
  size: number;
  withAgent: boolean;
  key?: string | undefined;
  open: OpenScreen;
}): Promise<number> {
  const { url, size } = options;
  const stage = openStage({ open: options.open, commands: () => ({}), say: () => {} });
  const { print, hint, warn, refused } = stage;
  stage.screen.prompt('crowd › ');
  const came: Member[] = [];
  let began = 0;
  const changed = new EventTarget();
  const tell = () => changed.dispatchEvent(new Event('change'));

  const members = Array.from({ length: size }, (_, index): Member => ({ userId: `crowd-${index + 1}` }));
  const customers = members.map((member, index) => {
    const join = () => {
      const customer = createCustomer({
        url,
        userId: member.userId,
        ...(index === 0 && connectionEvents(() => stage, url)),
        onReady(session, resumed) {
          member.sessionId = session.id;
          if (!resumed) customer.say(wishes[index % wishes.length] ?? '');
        },
        onShown(item) {
          if (item.kind !== 'change') return;
          const { to, priority } = item.change;
          member.status = to;
          if (to === 'waiting') {
            member.priority = priority ?? 'normal';
            member.waitedAs ??= began++;
            print({ tone: 'event', text: `${member.userId} waits   ${priorityMark[member.priority]}` });
          }
          if (to === 'agent' && !came.includes(member)) {
            came.push(member);
            print({
              tone: 'agent',
              text: `${String(came.length).padStart(3)}. ${member.userId.padEnd(10)} ${priorityMark[member.priority ?? 'normal'].padEnd(8)}  by ${item.change.agentName ?? 'an agent'}`,
            });
          }
          tell();
        },
        onTrouble: refused,
      });
      return customer;
    };
    return { member, timer: setTimeout(() => started.push(join()), index * ARRIVAL_MS) };
  });
  const started: ReturnType<typeof createCustomer>[] = [];

  const until = (holds: () => boolean, withinMs: number) =>
    new Promise<boolean>((resolve) => {
      const finish = (held: boolean) => {
        clearTimeout(timer);
        changed.removeEventListener('change', look);
        resolve(held);
      };
      const look = () => holds() && finish(true);
      const timer = setTimeout(() => finish(false), withinMs);
      changed.addEventListener('change', look);
      look();
    });

  const play = async (): Promise<number> => {
    hint(`${size} customers ask for a human at ${url}.`);
    const all = await until(() => members.every(({ waitedAs }) => waitedAs !== undefined), WAITING_TIMEOUT_MS);
    if (!all) warn(`Only ${began} of ${size} were waiting within ${WAITING_TIMEOUT_MS / 1_000} s.`);
    if (began === 0) return 1;
    const agent = options.withAgent ? ownAgent() : undefined;
    if (!agent) hint('All are waiting. They are shown as agents take them.');
    const done = ({ waitedAs, status }: Member) => waitedAs === undefined || status === 'closed';
    await until(
      () => (agent ? members.every(done) : came.length >= began),
      options.withAgent ? WAITING_TIMEOUT_MS : 2 ** 31 - 1,
    );
    agent?.leave();
    return judge();
  };

  /** Takes only those of the crowd, and ends each chat at once to make room for the next. */
  const ownAgent = () => {
    const ours = new Set(members.map(({ sessionId }) => sessionId));
    let timer: NodeJS.Timeout | undefined;
    let busy = false;
    let left = false;
    const takeNext = async () => {
      const next = agent.waiting?.sessions.find(({ id }) => ours.has(id));
      if (left || busy || next === undefined || agent.chats.length > 0) return;
      busy = true;
      const reply = await agent.claim(next.id);
      busy = false;
      if (!reply.ok && !left) timer = setTimeout(takeNext, PAUSE_MS);
    };
    const agent = createAgent({
      url,
      name: 'Crowd agent',
      capacity: 1,
      key: options.key,
      onTrouble: refused,
      onChange: () => void takeNext(),
      onAssigned(chat) {
        if (!ours.has(chat.session.id)) {
          warn(`${chat.session.userId} is not of the crowd and goes back to the queue.`);
          void agent.setStatus('busy');
          void agent.transfer(chat, { type: 'queue' }, 'Taken by mistake.');
          return;
        }
        timer = setTimeout(() => agent.close(chat, 'That was all.'), PAUSE_MS);
      },
      onGone: () => void takeNext(),
    });
    return {
      leave() {
        left = true;
        clearTimeout(timer);
        agent.leave();
      },
    };
  };

  const judge = (): number => {
    const promised = [...came].sort(
      (a, b) => rank[a.priority ?? 'normal'] - rank[b.priority ?? 'normal'] || (a.waitedAs ?? 0) - (b.waitedAs ?? 0),
    );
    if (came.length < began) {
      warn(`Only ${came.length} of ${began} were taken.`);
      return 1;
    }
    if (came.every((member, index) => member === promised[index])) {
      print({ tone: 'bot', text: 'High before normal before low, and each in the order of arrival: as promised.' });
      return 0;
    }
    warn(`The promised order was: ${promised.map(({ userId }) => userId).join(', ')}.`);
    return 1;
  };

  const code = await Promise.race([play(), stage.ended]);
  for (const { timer } of customers) clearTimeout(timer);
  // Nobody of the crowd stays behind in the queue.
  await Promise.all(started.map(async (customer) => customer.status !== 'closed' && (await customer.end())));
  for (const customer of started) customer.leave();
  await stage.screen.close();
  return code;
}
