import type { GatewayConfig } from '../config.ts';
import { createBuckets } from './token-bucket.ts';

/** Agents write in many chats at once and are known people: they may do this many times what a customer may. */
const AGENT_FACTOR = 5;
/** A connection that goes on after this many refusals at once is cut. */
const REFUSALS = { perSecond: 5, burst: 200 };

/**
 * [S3] How much anybody may do. A limit is kept by whoever would have to be hurt to get around it: a connection, a
 * network address, a chat, an agent. All are per gateway.
 */
export function createLimits(config: GatewayConfig, clock: () => number = () => performance.now()) {
  const messages = { perSecond: config.MESSAGE_RATE, burst: config.MESSAGE_BURST };
  const perSocket = createBuckets({ perSecond: config.EVENT_RATE, burst: config.EVENT_BURST });
  const perAgentSocket = createBuckets({
    perSecond: config.EVENT_RATE * AGENT_FACTOR,
    burst: config.EVENT_BURST * AGENT_FACTOR,
  });
  const perAddress = createBuckets({ perSecond: config.ADDRESS_RATE, burst: config.ADDRESS_BURST });
  const starts = createBuckets({ perSecond: config.START_RATE, burst: config.START_BURST });
  const perChat = createBuckets(messages);
  const perAgent = createBuckets({
    perSecond: messages.perSecond * AGENT_FACTOR,
    burst: messages.burst * AGENT_FACTOR,
  });
  const refusals = createBuckets(REFUSALS);

  return {
    /** A connection, or a request for something that costs us work, from this address. */
    visit: (address: string) => perAddress.take(address, clock()),
    /** Any event of a connection. */
    event: (socketId: string, address: string, ofAgent: boolean) =>
      (ofAgent ? perAgentSocket : perSocket).take(socketId, clock()) && perAddress.take(address, clock()),
    start: (address: string) => starts.take(address, clock()),
    customerMessage: (sessionId: string) => perChat.take(sessionId, clock()),
    agentMessage: (agentId: string) => perAgent.take(agentId, clock()),
    /** Counts a refusal; false when there were so many that the connection is to be cut. */
    refusal: (socketId: string) => refusals.take(socketId, clock()),
  };
}
export type Limits = ReturnType<typeof createLimits>;
