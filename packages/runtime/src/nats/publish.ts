import { type Channel, type ChannelParams, type ChannelPayload, subjectOf } from '@baton/contracts';
import { headers, type MsgHdrs } from 'nats';
import { throttled } from '../observability/throttled-log.ts';
import { TRACE_HEADER, traceparent } from '../observability/trace.ts';
import { withoutText } from '../observability/without-text.ts';
import type { Wire } from './bus-context.ts';
import { encode } from './payload.ts';

/**
 * Publishes on a channel, with the current trace. Throws only for a channel that the service may not publish on. Waits
 * for nothing, not for JetStream's acknowledgement either: what is published tells of something that is committed, and
 * reconcilers find it when the message is lost.
 */
export type Publish = <C extends Channel>(channel: C, params: ChannelParams<C>, payload: ChannelPayload<C>) => void;

export function createPublish({ nats, root, allowed, log, unsent }: Wire): Publish {
  return (channel, params, payload) => {
    allowed.publish(channel);
    try {
      const header = headerFor(channel.idempotencyKey?.(payload));
      nats.publish(subjectOf(root, channel, params), encode(payload), header && { headers: header });
    } catch (error) {
      unsent(channel);
      const facts = { channel: channel.subject, ...withoutText(error) };
      throttled(log).warn(channel.subject, facts, 'a message could not be published; reconcilers find what it told of');
    }
  };
}

function headerFor(idempotencyKey: string | undefined): MsgHdrs | undefined {
  const parent = traceparent();
  if (parent === undefined && idempotencyKey === undefined) return undefined;
  const result = headers();
  if (idempotencyKey !== undefined) result.set('Nats-Msg-Id', idempotencyKey);
  if (parent !== undefined) result.set(TRACE_HEADER, parent);
  return result;
}
