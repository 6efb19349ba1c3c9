import { type Channel, type ChannelParams, type ChannelPayload, kindOf, paramsOf, subjectOf } from '@baton/contracts';
import type { Msg } from 'nats';
import { within } from '../concurrency/within.ts';
import { throttled } from '../observability/throttled-log.ts';
import { inTrace, TRACE_HEADER } from '../observability/trace.ts';
import { withoutText } from '../observability/without-text.ts';
import { factsOf, type Wire } from './bus-context.ts';
import { decode, hasTypesOf } from './payload.ts';

/**
 * What is done with a message. One of a `request` channel is answered when its handler returns true. A handler that
 * throws, or rejects, is logged; the subscription goes on.
 */
export type ChannelHandler<C extends Channel> = C['delivery'] extends 'request'
  ? (payload: ChannelPayload<C>, params: ChannelParams<C>) => boolean
  : (payload: ChannelPayload<C>, params: ChannelParams<C>) => unknown;

export interface SubscribeOptions {
  /** Each message goes to one subscriber of those that name the same group. */
  group?: string;
}

export interface ChannelSubscription {
  /** Resolves when NATS has taken the subscription up, or has not answered for a second: nobody waits for longer. */
  ready(): Promise<void>;
  /**
   * Unsubscribes: no handler is called any more. A member of a group first handles what NATS has already given it, as
   * no other member will.
   */
  leave(): Promise<void>;
}

/** Listens on one channel. A parameter that is left out matches every value. */
export type Subscribe = <C extends Channel>(
  channel: C,
  params: Partial<ChannelParams<C>>,
  handle: ChannelHandler<C>,
  options?: SubscribeOptions,
) => ChannelSubscription;

/**
 * Listens on channels whose subjects differ in the last token only, by one subscription: messages of all of them are
 * handled in the order in which they came. Those without a handler are passed over.
 */
export type SubscribeAll = <Group extends Record<string, Channel>>(
  channels: Group,
  params: Partial<ChannelParams<Group[keyof Group]>>,
  handlers: { [Key in keyof Group]?: ChannelHandler<Group[Key]> },
  options?: SubscribeOptions,
) => ChannelSubscription;

/** How long a subscriber waits for NATS when it begins, and when it leaves. */
const READY_WITHIN_MS = 1_000;
const LEFT_WITHIN_MS = 2_000;

/** Type-erased: the signature of `subscribe` has already matched channel and handler. */
interface Route {
  channel: Channel;
  handle: (payload: unknown, params: Record<string, string>) => unknown;
  fits: (payload: unknown) => boolean;
  paramsOf: (subject: string) => Record<string, string>;
}
function routeTo(channel: Channel, given: Record<string, string | undefined>, handle: unknown): Route {
  const params = Object.fromEntries(Object.entries(given).filter(isGiven));
  const open = subjectOf('', channel, params).includes('*');
  return {
    channel,
    handle: handle as Route['handle'],
    fits: hasTypesOf(channel.payload),
    // Read only where the subscription does not say them already: a subject comes with every message.
    paramsOf: open ? (subject) => paramsOf(channel, subject) : () => params,
  };
}
const isGiven = (entry: [string, string | undefined]): entry is [string, string] => entry[1] !== undefined;

export function createSubscribe(wire: Wire): { subscribe: Subscribe; subscribeAll: SubscribeAll } {
  return {
    subscribe(channel, params, handle, options) {
      wire.allowed.subscribe(channel);
      const route = routeTo(channel, params, handle);
      return listen(wire, subjectOf(wire.root, channel, params), () => route, options);
    },
    subscribeAll(channels, params, handlers, options) {
      wire.allowed.subscribeAll(Object.values(channels));
      const routes = new Map<string, Route>();
      const patterns = new Set<string>();
      for (const [key, channel] of Object.entries(channels)) {
        const handle = handlers[key];
        if (handle !== undefined) routes.set(kindOf(channel.subject), routeTo(channel, params, handle));
        const subject = subjectOf(wire.root, channel, params);
        patterns.add(`${subject.slice(0, subject.lastIndexOf('.'))}.*`);
      }
      const [pattern, ...others] = patterns;
      if (pattern === undefined || others.length > 0)
        throw new RangeError('channels of one subscription are neighbours');
      return listen(wire, pattern, (message) => routes.get(kindOf(message.subject)), options);
    },
  };
}

function listen(
  wire: Wire,
  pattern: string,
  routeOf: (message: Msg) => Route | undefined,
  { group }: SubscribeOptions = {},
): ChannelSubscription {
  const { nats, log } = wire;
  let left = false;

  const receive = (message: Msg) => {
    const route = left && group === undefined ? undefined : routeOf(message);
    if (route === undefined) return;
    const { channel, handle, fits } = route;
    const payload = decode(message.data);
    if (!fits(payload)) return wire.skip(channel, message.subject);
    try {
      const params = route.paramsOf(message.subject);
      const result = inTrace(message.headers?.get(TRACE_HEADER), () => handle(payload, params));
      if (channel.delivery === 'request') result === true && message.respond();
      else if (result instanceof Promise) result.catch((error: unknown) => failed(channel, message, error));
    } catch (error) {
      failed(channel, message, error);
    }
  };
  const failed = (channel: Channel, message: Msg, error: unknown) => {
    const facts = { ...factsOf(channel, message.subject), ...withoutText(error) };
    throttled(log).error(message.subject, facts, 'a message could not be handled');
  };

  const subscription = nats.subscribe(pattern, {
    ...(group !== undefined && { queue: group }),
    callback: (error, message) => {
      if (error) log.error({ err: error, subject: pattern }, 'NATS ended a subscription');
      else receive(message);
    },
  });
  return {
    async ready() {
      await wire.answersWithin(READY_WITHIN_MS);
    },
    async leave() {
      left = true;
      if (group === undefined || nats.isClosed()) return subscription.unsubscribe();
      // A server that is gone is not waited for: what it has given to this process is lost with the connection.
      await within(
        LEFT_WITHIN_MS,
        subscription.drain().catch(() => {}),
      );
    },
  };
}
