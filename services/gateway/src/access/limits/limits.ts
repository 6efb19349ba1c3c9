import type { GatewayConfig } from '../../config.ts';
import { networkOf } from '../limited-network.ts';
import { createLoopTurns } from './loop-turns.ts';
import { Bucket, createBuckets, type Rate } from './token-bucket.ts';
import { createWorkQueues } from './work-queues.ts';

/** Agents write in many sessions at once and are known people: their limits are this many times a customer's. */
const AGENT_FACTOR = 5;
/** A connection that continues after this many refusals at once is cut. */
const REFUSALS = { perSecond: 5, burst: 200 };
/** Packets for each event: acknowledgements, heartbeats and refused events included. */
const PACKETS_PER_EVENT = 3;
/** A client that sends too many events is told so before its connection is closed, however few events are allowed. */
const FEWEST_PACKETS = { perSecond: 50, burst: 500 };
/** What all connections of an address may send, as a multiple of one connection's. */
const ADDRESS_BYTES_FACTOR = 8;
/** Connections of an address that may be cut before it must wait to connect again. */
const CUTS = { perSecond: 0.1, burst: 10 };
/**
 * Units of work that one address may have in progress at once, and, once its work is queued, at once from the queue. A
 * message is one unit.
 */
const IN_PROGRESS = 8;
const IN_PROGRESS_OF_BURST = 2;
/**
 * The burst of an address is allowed, and spread over time: a tenth of a second's work starts at once, and the rest at
 * 1.2 times the sustained rate of the address. So a burst takes no more of the processors than that.
 */
const PACE_FACTOR = 1.2;
const SLOWEST_PACE = 240;
const AT_ONCE_SECONDS = 0.1;
/** Packets of one connection of a trusted network that are decoded in one turn of the event loop. */
const PACKETS_IN_A_TURN = 8;
/** A new connection takes about as much work as half a message. */
const SETUP_COST = 0.5;
/** New connections, of anybody, in one turn of the event loop. */
const SETUPS_IN_A_TURN = 4;

/** The limits of one connection, from its first byte on. Joining and leaving a namespace does not reset them. */
export interface ConnectionLimits {
  /** Counts received data of any kind, before it is decoded. False: close the connection. */
  packet(bytes: number, packets?: number): boolean;
  /** Counts an event; `cost` when it takes as much work as several. */
  event(ofAgent: boolean, cost?: number): boolean;
  /** Counts a refusal. False: there were too many, cut the connection. */
  refusal(): boolean;
  /** The connection was cut for sending too much. */
  cut(): void;
  /**
   * Counts text of a customer to be stored, in bytes. Text that is refused may be stored later: the daily amount
   * refills continuously.
   */
  store(sessionId: string | undefined, bytes: number): boolean;
  /** When its next packet may be decoded: at once when undefined. What is not decoded is not read any further. */
  turn(): Promise<void> | undefined;
  /** Begins the work of an event, at once or in its turn. The work calls `end`, once, when it has ended. */
  run(ofAgent: boolean, units: number, begin: (end: () => void) => void): void;
}

/**
 * [S3] [S6] Rate limits: by connection, network address, session and agent. Each counts by what a client cannot change
 * without cost. All are per gateway.
 */
export function createLimits(config: GatewayConfig, clock: () => number = () => performance.now()) {
  const events = { perSecond: config.EVENT_RATE, burst: config.EVENT_BURST };
  const messages = { perSecond: config.MESSAGE_RATE, burst: config.MESSAGE_BURST };
  const visits = { perSecond: config.ADDRESS_RATE, burst: config.ADDRESS_BURST };
  const bytes = { perSecond: config.BYTES_RATE, burst: config.BYTES_BURST };
  const packets = atLeast(times(events, PACKETS_PER_EVENT), FEWEST_PACKETS);
  const trusted = config.TRUSTED_NETWORKS;
  const perAddress = createBuckets(visits);
  const packetsOfAddress = createBuckets(times(visits, PACKETS_PER_EVENT));
  const bytesOfAddress = createBuckets(times(bytes, ADDRESS_BYTES_FACTOR));
  const starts = createBuckets({ perSecond: config.START_RATE, burst: config.START_BURST });
  const cuts = createBuckets(CUTS);
  const perSession = createBuckets(messages);
  const storedOfSession = createBuckets(aDay(config.CUSTOMER_BYTES_DAY));
  const storedOfAddress = createBuckets(aDay(config.ADDRESS_BYTES_DAY));
  const perAgent = createBuckets(times(messages, AGENT_FACTOR));
  const unitsPerSecond = Math.max(SLOWEST_PACE, PACE_FACTOR * visits.perSecond);
  const work = createWorkQueues({
    atOnce: IN_PROGRESS,
    ofBurst: IN_PROGRESS_OF_BURST,
    pace: paceOf(unitsPerSecond),
    clock,
  });
  const decoding = createWorkQueues({ atOnce: 1, pace: paceOf(PACKETS_PER_EVENT * unitsPerSecond), clock });
  const packetTurns = createLoopTurns(PACKETS_IN_A_TURN);
  const setupTurn = createLoopTurns(SETUPS_IN_A_TURN)();

  return {
    /** A new connection of this address. */
    connection(address: string): ConnectionLimits {
      const network = networkOf(address);
      const isTrusted = trusted(address);
      const packetTurn = packetTurns();
      const now = clock();
      let ownPackets = new Bucket(packets, now);
      const ownBytes = new Bucket(bytes, now);
      const ownEvents = new Bucket(events, now);
      const ownRefusals = new Bucket(REFUSALS, now);
      let isCut = false;
      // Created on demand: few connections are agents'.
      let eventsOfAgent: Bucket | undefined;
      const own: ConnectionLimits = {
        packet(size, count = 1) {
          const at = clock();
          return (
            ownPackets.take(at, count) &&
            ownBytes.take(at, size) &&
            (isTrusted || (packetsOfAddress.take(network, at, count) && bytesOfAddress.take(network, at, size)))
          );
        },
        event(ofAgent, cost = 1) {
          const at = clock();
          if (ofAgent && eventsOfAgent === undefined) {
            eventsOfAgent = new Bucket(times(events, AGENT_FACTOR), at);
            ownPackets = new Bucket(times(packets, AGENT_FACTOR), at);
          }
          const bucket = ofAgent ? eventsOfAgent : ownEvents;
          if (bucket?.take(at, cost) !== true) return false;
          // More than a burst waits only when the services are slower than the limits.
          const hasRoom = ofAgent || work.waiting(network) < visits.burst;
          return isTrusted || (hasRoom && perAddress.take(network, at, cost));
        },
        refusal: () => ownRefusals.take(clock()),
        cut() {
          if (!isCut) cuts.spend(network, clock(), 1);
          isCut = true;
        },
        store(sessionId, size) {
          const at = clock();
          return (
            (sessionId === undefined || storedOfSession.take(sessionId, at, size)) &&
            (isTrusted || storedOfAddress.take(network, at, size))
          );
        },
        turn: () => (isTrusted ? packetTurn() : decoding.pass(network, own, 1)),
        run(ofAgent, units, begin) {
          if (ofAgent || isTrusted) begin(uncounted);
          else work.run(network, own, units, begin);
        },
      };
      return own;
    },
    /** A connection or HTTP request from this address. */
    visit: (address: string) => trusted(address) || perAddress.take(networkOf(address), clock()),
    /** Whether this address may connect: false when too many of its connections were cut. */
    mayConnect: (address: string) => trusted(address) || cuts.has(networkOf(address), clock()),
    /** When a new connection of this address may be set up: at once when undefined. */
    setup(address: string): Promise<void> | undefined {
      const waits = trusted(address) ? undefined : work.pass(networkOf(address), SETUPS, SETUP_COST);
      return waits === undefined ? setupTurn() : waits.then(setupTurn);
    },
    start: (address: string) => trusted(address) || starts.take(networkOf(address), clock()),
    customerMessage: (sessionId: string) => perSession.take(sessionId, clock()),
    agentMessage: (agentId: string) => perAgent.take(agentId, clock()),
  };
}
export type Limits = ReturnType<typeof createLimits>;

/** The new connections of a network share one place among its connections. */
const SETUPS = {};

/** The end of work that waits for no other. */
const uncounted = () => {};

const paceOf = (perSecond: number): Rate => ({ perSecond, burst: perSecond * AT_ONCE_SECONDS });
const atLeast = (rate: Rate, floor: Rate): Rate => ({
  perSecond: Math.max(rate.perSecond, floor.perSecond),
  burst: Math.max(rate.burst, floor.burst),
});
const aDay = (amount: number): Rate => ({ perSecond: amount / 86_400, burst: amount });
const times = (rate: Rate, factor: number): Rate => ({
  perSecond: rate.perSecond * factor,
  burst: rate.burst * factor,
});
