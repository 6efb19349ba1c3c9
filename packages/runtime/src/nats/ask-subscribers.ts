import { type Channel, type ChannelParams, type ChannelPayload, subjectOf } from '@baton/contracts';
import { ErrorCode, NatsError } from 'nats';
import type { Wire } from './bus-context.ts';
import { encode } from './payload.ts';

/**
 * `answered`: somebody has what was asked for. `nobody subscribes`: NATS tells at once. `no answer`: not in time, so
 * nothing is known; a subscriber that has nothing to answer is silent.
 */
export type Answered = 'answered' | 'nobody subscribes' | 'no answer';

/** Asks all subscribers of a `request` channel. The first answer counts. */
export type Ask = <C extends Channel & { delivery: 'request' }>(
  channel: C,
  params: ChannelParams<C>,
  payload: ChannelPayload<C>,
  options: { timeoutMs: number },
) => Promise<Answered>;

export function createAsk({ nats, root, allowed }: Wire): Ask {
  return async (channel, params, payload, { timeoutMs }) => {
    allowed.publish(channel);
    try {
      await nats.request(subjectOf(root, channel, params), encode(payload), { timeout: timeoutMs });
      return 'answered';
    } catch (error) {
      return error instanceof NatsError && error.code === ErrorCode.NoResponders ? 'nobody subscribes' : 'no answer';
    }
  };
}
