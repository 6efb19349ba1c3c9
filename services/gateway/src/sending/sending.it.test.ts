import { testSpace, until } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { granted } from '../../test/gateways.ts';
import { startSystem } from '../../test/system.ts';

const CUSTOMERS = 12;
const EACH = 20;
const LIMITS = {
  MESSAGE_BURST: '100000',
  EVENT_BURST: '100000',
  ADDRESS_BURST: '100000',
  TRUSTED_NETWORKS: '127.0.0.1',
};

describe.each([
  ['of this version', false],
  ['of an older version, which knows no appends of several sessions', true],
])('[M2] [M3] [O1] with a session service %s', async (_, older) => {
  const { services, left, customer } = await startSystem(await testSpace(), LIMITS, { older });

  it('what many customers send at once is stored once, in the order of each, and acknowledged to the one who sent it', async () => {
    const people = await Promise.all(Array.from({ length: CUSTOMERS }, () => customer(left)));
    const numbers = Array.from({ length: EACH }, (_each, n) => n);
    const said = await Promise.all(
      people.map(async ({ ask, sessionId }, who) => {
        const texts = numbers.map((n) => `${who}: ${n}`);
        const replies = await Promise.all(
          texts.map((content) => ask('customer:send_message', { sessionId, content, clientMessageId: content })),
        );
        expect(replies.map((reply) => granted(reply).message.content)).toEqual(texts);
        expect(replies.map((reply) => granted(reply).message.sessionId)).toEqual(texts.map(() => sessionId));
        return texts;
      }),
    );
    for (const [who, { sessionId, seqs }] of people.entries()) {
      await until(() => seqs(sessionId).length === EACH);
      const entries = services.session.sessions.get(sessionId)?.entries.slice(1) ?? [];
      expect(entries.map(({ content }) => content)).toEqual(said[who]);
    }
    const together = services.calls.filter(({ endpoint }) => endpoint === 'appendMany').length;
    expect(together > 0).toBe(!older);
  });
});
