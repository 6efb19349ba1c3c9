import {
  type AckOf,
  type ClientEventName,
  type ClientEvents,
  customerAcknowledgements,
  customerServerEvents,
  type Entry,
  reasonForCustomer,
  type ServerEventName,
  withoutReason,
  withReason,
} from '@baton/contracts';
import { z } from 'zod';
import type { Emit } from '../connections/connection.ts';

/**
 * What sockets are shown of an entry, and the one place that decides what a customer is sent: entries, events, sessions
 * and acknowledgements are cut to the public fields that the contract lists.
 */

/** Sends one entry as the socket event, or events, that clients know it by. */
export function showEntry(emit: Emit, entry: Entry): void {
  if (entry.kind === 'message') {
    emit('message:received', entry);
    return;
  }
  const { change, sessionId, seq, timestamp } = entry;
  emit('status:changed', {
    sessionId,
    seq,
    status: change.to,
    ...(change.agentId !== undefined && { agentId: change.agentId }),
    ...(change.agentName !== undefined && { agentName: change.agentName }),
    change,
    message: entry.content,
    timestamp,
  });
  if (change.to === 'closed') {
    emit('session:closed', {
      sessionId,
      seq,
      closedBy: change.by,
      ...(change.reason !== undefined && { reason: change.reason }),
      timestamp,
    });
  }
}

const compile = (schemas: Record<string, z.ZodType>): ReadonlyMap<string, PickPublic> =>
  new Map(Object.entries(schemas).map(([name, schema]) => [name, publicFields(schema)]));
const events = compile(customerServerEvents);
const acknowledgements = compile(customerAcknowledgements);

/** The same socket, limited to what a customer may see. An event that the contract does not list is not sent. */
export const forCustomer =
  (emit: Emit): Emit =>
  (event, payload) => {
    const pick = events.get(event satisfies ServerEventName);
    // The public fields are a subset of the event's own, so the result is a payload of this event.
    if (pick !== undefined) emit(event, pick(payload) as typeof payload);
  };

/** An entry as a customer may see it: without a reason that was not meant for the customer, in field and text. */
export function customerEntry(entry: Entry): Entry {
  if (entry.kind === 'message') return entry;
  const { reason, ...change } = entry.change;
  const told = reasonForCustomer(entry.change);
  return {
    ...entry,
    content: withReason(withoutReason(entry.content, reason), told),
    change: { ...change, ...(told !== undefined && { reason: told }) },
  };
}

/** The acknowledgement of an event. Of a customer's event it carries only what is public. */
export function acknowledgementOf<Name extends ClientEventName>(
  event: Name,
  reply: AckOf<ClientEvents[Name]>,
): AckOf<ClientEvents[Name]> {
  const pick = acknowledgements.get(event);
  if (pick === undefined || !reply.ok) return reply;
  return { ...reply, value: pick(reply.value) } as typeof reply;
}

/** Keeps the fields that a schema lists, and drops all others. Returns the value itself when there are no others. */
type PickPublic = (value: unknown) => unknown;

function unchanged(value: unknown): unknown {
  return value;
}

/**
 * Compiles a schema into a function that keeps the fields it lists. It does not validate: our own services build these
 * payloads by the contract, and a second parse of every message would only cost time. Nor does it copy what is public
 * as a whole, as most messages are: an object that is built by computed names is slow to build and to encode.
 */
function publicFields(schema: z.ZodType): PickPublic {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    const inner = publicFields(schema.unwrap() as z.ZodType);
    return (value) => (value === undefined || value === null ? value : inner(value));
  }
  if (schema instanceof z.ZodArray) {
    const element = publicFields(schema.element as z.ZodType);
    return (value) => {
      const from = value as unknown[];
      const picked = from.map(element);
      return picked.every((one, index) => one === from[index]) ? from : picked;
    };
  }
  if (schema instanceof z.ZodDiscriminatedUnion) return publicFieldsByKind(schema);
  if (!(schema instanceof z.ZodObject)) return unchanged;
  const shape = schema.shape as Record<string, z.ZodType>;
  const fields = new Map(Object.entries(shape).map(([name, field]) => [name, publicFields(field)]));
  return (value) => {
    const from = value as Record<string, unknown>;
    for (const name in from) {
      const pick = fields.get(name);
      if (pick === unchanged) continue;
      if (pick === undefined || pick(from[name]) !== from[name]) return copyOf(from, fields);
    }
    return from;
  };
}

function copyOf(from: Record<string, unknown>, fields: ReadonlyMap<string, PickPublic>): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const [name, pick] of fields) if (from[name] !== undefined) picked[name] = pick(from[name]);
  return picked;
}

/** A kind that the schema does not list has no public fields. */
function publicFieldsByKind(schema: z.ZodDiscriminatedUnion): PickPublic {
  const { discriminator } = schema.def;
  const kinds = new Map<unknown, PickPublic>();
  for (const option of schema.options as z.ZodObject<Record<string, z.ZodType>>[]) {
    const kind = option.shape[discriminator];
    if (!(kind instanceof z.ZodLiteral)) throw new Error(`${discriminator} of an option is not a literal`);
    for (const value of kind.values) kinds.set(value, publicFields(option));
  }
  return (value) => kinds.get((value as Record<string, unknown>)[discriminator])?.(value) ?? {};
}
