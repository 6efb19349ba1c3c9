import { customerName } from '@baton/client';
import { type Chat, createAgent } from '../agent/agent.ts';
import { createCustomer } from '../customer/customer.ts';
import type { Script } from '../options.ts';
import { connectionEvents, openStage } from '../screen/mode-screen.ts';
import type { OpenScreen } from '../screen/screen.ts';
import { briefLines, lineOf } from '../screen/words.ts';

/** What was waited for did not come in time. */
class TooLate extends Error {}

/** Waits for conditions that are looked at again whenever `look` is called. */
function createWaiting(timeoutMs: number) {
  const looks = new Set<() => void>();
  return {
    look: () => {
      for (const look of [...looks]) look();
    },
    until: (what: string, holds: () => boolean) =>
      new Promise<void>((resolve, reject) => {
        const finish = (settle: () => void) => {
          clearTimeout(timer);
          looks.delete(look);
          settle();
        };
        const look = () => holds() && finish(resolve);
        const timer = setTimeout(
          () => finish(() => reject(new TooLate(`Waited ${timeoutMs / 1_000} s for ${what}; nothing came.`))),
          timeoutMs,
        );
        looks.add(look);
        look();
      }),
  };
}

interface Scripted {
  url: string;
  name: string;
  key?: string | undefined;
  script: Script;
  open: OpenScreen;
}

/** A customer that does what the script says. Resolves with the exit code: 1 when something was refused or too late. */
export async function scriptedCustomer({ url, name, key, script, open }: Scripted): Promise<number> {
  const stage = openStage({ open, commands: () => ({}), say: () => {}, onInterrupt: ({ end }) => end(130) });
  const waiting = createWaiting(script.timeoutMs);
  let answers = 0;
  let agentWords = 0;
  let refusals = 0;

  const customer = createCustomer({
    url,
    userId: name,
    key,
    ...connectionEvents(() => stage, url),
    onReady(session, resumed) {
      stage.hint(resumed ? 'connected again' : `chat ${session.id} as ${session.userId}`);
      waiting.look();
    },
    onShown(item) {
      stage.print(lineOf(item, 'customer'));
      if (item.kind === 'message' && item.message.sender !== 'user') answers++;
      if (item.kind === 'message' && item.message.sender === 'agent') agentWords++;
      // What leads to a handoff is answered by it.
      if (item.kind === 'change' && item.change.to !== 'bot') answers++;
      waiting.look();
    },
    onChange: waiting.look,
    onRefused(item, { message }) {
      refusals++;
      stage.print({ tone: 'error', text: `not sent: ${item.content}: ${message}` });
      waiting.look();
    },
    onTrouble: stage.refused,
    onClosed: waiting.look,
  });
  const closed = () => customer.status === 'closed';

  const play = async () => {
    await waiting.until('the chat to open', () => customer.sessionId !== undefined);
    for (const text of script.say) {
      const before = answers;
      customer.say(text);
      await waiting.until(
        `an answer to “${text}”`,
        () => closed() || (answers > before && customer.unsent.length === 0),
      );
    }
    if (script.human && customer.status === 'bot') {
      const reply = await customer.askForHuman();
      if (!reply.ok) throw new TooLate(reply.message);
    }
    if (script.waitAgent) await waiting.until('an agent', () => closed() || agentWords > 0);
    if (script.close && !closed()) {
      const reply = await customer.end();
      if (!reply.ok) throw new TooLate(reply.message);
      await waiting.until('the end', closed);
    }
    if (script.stay) await Promise.race([stage.ended, waiting.until('the end', closed).catch(() => stage.ended)]);
    return refusals > 0 ? 1 : 0;
  };
  const code = await Promise.race([stage.ended, play().catch((error: unknown) => failure(error, stage.warn))]);
  customer.leave();
  await stage.screen.close();
  return code;
}

/** An agent that does what the script says. Resolves with the exit code: 1 when something was refused or too late. */
export async function scriptedAgent({ url, name, key, script, open }: Scripted): Promise<number> {
  const stage = openStage({ open, commands: () => ({}), say: () => {}, onInterrupt: ({ end }) => end(130) });
  const waiting = createWaiting(script.timeoutMs);
  let chat: Chat | undefined;
  let ready = false;
  let gone = false;
  let words = 0;

  const agent = createAgent({
    url,
    name,
    key,
    ...connectionEvents(() => stage, url),
    onReady(record, resumed) {
      stage.hint(resumed ? 'back online' : `online as ${record.name}`);
      ready = true;
      waiting.look();
    },
    onAssigned(assigned) {
      if (chat !== undefined) return;
      chat = assigned;
      stage.hint(`chat ${assigned.session.id} with ${customerName(assigned.session)}`);
      if (assigned.brief) stage.print(...briefLines(assigned.brief));
      stage.print(...assigned.log.map((item) => lineOf(item, 'agent')));
      waiting.look();
    },
    onGone(left) {
      if (left === chat) gone = true;
      waiting.look();
    },
    onShown(of, item) {
      if (of === chat) stage.print(lineOf(item, 'agent'));
      if (of === chat && item.kind === 'message' && item.message.sender === 'user') words++;
      waiting.look();
    },
    onChange: waiting.look,
    onTrouble: stage.refused,
  });

  const play = async () => {
    await waiting.until('the agent to be online', () => ready);
    if (script.take || script.say.length > 0) await take();
    for (const [index, text] of script.say.entries()) {
      const before = words;
      chat?.say(text);
      await waiting.until(`“${text}” to be stored`, () => gone || chat?.unsent.length === 0);
      const last = index === script.say.length - 1;
      if (!last) await waiting.until(`an answer to “${text}”`, () => gone || words > before);
    }
    if (script.close && chat && !gone) {
      const reply = await agent.close(chat);
      if (!reply.ok) throw new TooLate(reply.message);
      await waiting.until('the end of the chat', () => gone);
    }
    if (script.stay) await stage.ended;
    return 0;
  };
  /** Somebody else may be quicker, so it is tried for each new state of the queue. */
  const take = async () => {
    while (chat === undefined) {
      await waiting.until('somebody to wait', () => chat !== undefined || (agent.waiting?.total ?? 0) > 0);
      const seen = agent.waiting;
      const reply = await agent.claim();
      if (reply.ok) await waiting.until('the chat taken', () => chat !== undefined);
      else await waiting.until('somebody to wait', () => chat !== undefined || agent.waiting !== seen);
    }
  };
  const code = await Promise.race([stage.ended, play().catch((error: unknown) => failure(error, stage.warn))]);
  agent.leave();
  await stage.screen.close();
  return code;
}

function failure(error: unknown, warn: (text: string) => void): number {
  if (!(error instanceof TooLate)) throw error;
  warn(error.message);
  return 1;
}
