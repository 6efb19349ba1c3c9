import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { accepted, codeOf, type Steps } from './contract-steps.ts';

/** What callers may rely on when they append; see `session-contract.ts`. */
export function describeLogContract(steps: Steps, publishes: (line: string) => Promise<void>): void {
  const { session, newAgent, newSession, assigned, log, says, answers, resultOf } = steps;

  describe('a message', () => {
    it('[M2] [M3] gets the next number, and a repeat its first result', async () => {
      const { id } = await newSession();
      const first = resultOf(await says(id, 'hello', 'a'));
      expect(first).toMatchObject({ ok: true, value: { repeated: false, entry: { seq: 2, sender: 'user' } } });
      const entry = first?.ok ? first.value.entry : undefined;
      expect(resultOf(await says(id, 'hello', 'a'))).toEqual({ ok: true, value: { entry, repeated: true } });
      const field = 'messages.0.clientMessageId';
      expect(resultOf(await says(id, 'other', 'a'))).toMatchObject({ ok: false, code: 'ID_REUSED', field });
      accepted(await session.close({ sessionId: id, by: 'user' }));
      expect(resultOf(await says(id, 'hello', 'a'))).toEqual({ ok: true, value: { entry, repeated: true } });
      expect(codeOf(await says(id, 'late'))).toBe('SESSION_CLOSED');
      expect((await log(id)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    });

    it('[M3] may come with those of other sessions: each append has its own reply, in its order', async () => {
      const agentId = await newAgent();
      const [one, two, closed] = [await newSession(), await newSession(), await newSession()];
      accepted(await session.close({ sessionId: closed.id }));
      const missing = randomUUID();
      const customer = { type: 'customer' } as const;
      const asked = (sessionId: string, ...contents: string[]) => ({
        sessionId,
        author: customer,
        messages: contents.map((content) => ({ content, clientMessageId: content })),
      });
      const reply = await session.appendMany({
        appends: [
          asked(one.id, 'one', 'two', 'one'),
          asked(closed.id, 'too late'),
          { ...asked(two.id, 'of another’s'), author: { type: 'agent', agentId } },
          asked(two.id, 'uno'),
          asked(missing, 'nowhere'),
          { ...asked(two.id, 'due'), messages: [{ content: 'due', inReplyTo: 1 }] },
          asked(one.id, 'three'),
        ],
      });
      const said = accepted(reply).replies.map((each) =>
        each.ok
          ? each.value.results.map((result) => (result.ok ? [result.value.entry.content, result.value.entry.seq] : ''))
          : each.code,
      );
      expect(said).toEqual([
        [
          ['one', 2],
          ['two', 3],
          ['one', 2],
        ],
        'SESSION_CLOSED',
        'NOT_ASSIGNED',
        [['uno', 2]],
        'NOT_FOUND',
        'VALIDATION_FAILED',
        [['three', 4]],
      ]);
      expect((await log(one.id)).map(({ content }) => content).slice(1)).toEqual(['one', 'two', 'three']);
      for (const line of [`asked: ${one.id} 4 1`, `entry: ${two.id} 2`, `asked: ${two.id} 2 1`]) await publishes(line);
    });

    it('[C2] of an agent is refused unless the session is assigned to it, with its epoch', async () => {
      const [ann, bob] = [await newAgent(), await newAgent(5, 'Bob')];
      const { id, epoch } = await assigned(ann);
      const write = (agentId: string, known?: number) =>
        session.append({
          sessionId: id,
          author: { type: 'agent', agentId, ...(known !== undefined && { epoch: known }) },
          messages: [{ content: 'hello' }],
        });
      expect(codeOf(await write(bob))).toBe('NOT_ASSIGNED');
      expect(codeOf(await write(ann, epoch - 1))).toBe('STALE_EPOCH');
      const entry = { sender: 'agent', senderId: ann, senderName: 'Ann' };
      expect(resultOf(await write(ann, epoch))).toMatchObject({ ok: true, value: { entry } });
    });

    it('[A2] of the bot answers an entry once, while the bot has control', async () => {
      const { id } = await newSession();
      accepted(await says(id, 'hello'));
      expect(resultOf(await answers(id, 1, 9))).toMatchObject({ code: 'VALIDATION_FAILED' });
      expect(codeOf(await answers(id, 2, 2))).toBe('STALE_EPOCH');
      expect(resultOf(await answers(id, 1, 2))).toMatchObject({ ok: true, value: { entry: { inReplyTo: 2 } } });
      expect(resultOf(await answers(id, 1, 2, 'once more'))).toMatchObject({ code: 'ALREADY_ANSWERED' });
      accepted(await session.transfer({ sessionId: id, reason: 'x' }));
      expect(codeOf(await answers(id, 2, 4))).toBe('STALE_EPOCH');
      const author = { type: 'customer' } as const;
      const answering = [{ content: 'x', inReplyTo: 1 }];
      expect(codeOf(await session.append({ sessionId: id, author, messages: answering }))).toBe('VALIDATION_FAILED');
    });
  });
}
