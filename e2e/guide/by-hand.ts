import type { Reply } from '@baton/contracts';
import type { System } from '@baton/testkit';
import { connect } from 'nats';
import type { Received } from '../clients/bare-client.ts';

/** Calls services as `nats req` would: a subject, JSON, and an answer that is read as plain JSON. */
export async function byHand({ space }: Pick<System, 'space'>) {
  const nats = await connect({ servers: space.natsUrl });
  const ask = async (endpoint: string, body: object = {}): Promise<Reply<Received>> => {
    const subject = `${space.subjectRoot}.${endpoint}`;
    return (await nats.request(subject, JSON.stringify(body), { timeout: 15_000 })).json();
  };
  return {
    nats,
    ask,
    /** The value of an answer that has to be one. */
    async call(endpoint: string, body: object = {}): Promise<Received> {
      const reply = await ask(endpoint, body);
      if (!reply.ok) throw new Error(`${endpoint} was refused: ${JSON.stringify(reply)}`);
      return reply.value;
    },
  };
}
