import { connect, headers } from 'nats';
import type { World } from '../world/world.ts';
import type { Heal } from './fault.ts';
import type { Random } from './random.ts';

const AGAIN = 'Chaos-Again';

/** Publishes every message a second time, later and in another order. */
export async function repeatMessages(world: World, what: string, random: Random): Promise<Heal> {
  const nats = await connect({
    servers: world.backends.nats.url.replace('nats://', ''),
    reconnect: false,
    timeout: 2_000,
  });
  nats.subscribe(`${world.root}.${what}.>`, {
    callback: (error, message) => {
      if (error || message.headers?.has(AGAIN) || nats.isClosed()) return;
      // Positions and drafts have no number to tell an old one by; doubling those is not what is tested.
      if (what === 'live' && !message.subject.endsWith('.entry')) return;
      const marked = headers();
      marked.set(AGAIN, '1');
      setTimeout(
        () => nats.isClosed() || nats.publish(message.subject, message.data, { headers: marked }),
        random.int(0, 800),
      );
    },
  });
  return () => nats.close();
}
