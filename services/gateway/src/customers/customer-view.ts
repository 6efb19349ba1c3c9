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
import type { z } from 'zod';
import type { Emit } from '../connections/emit.ts';
import { type PickPublic, publicFields } from './public-fields.ts';

/**
 * The one place where what services know becomes what a customer is sent: entries, events, snapshots of sessions and
 * acknowledgements. Everything is cut to the lists of public fields in the contract.
 */

const compile = (schemas: Record<string, z.ZodType>): ReadonlyMap<string, PickPublic> =>
  new Map(Object.entries(schemas).map(([name, schema]) => [name, publicFields(schema)]));
const events = compile(customerServerEvents);
const acknowledgements = compile(customerAcknowledgements);

/** The same socket, for what a customer may see. An event that is not listed is not sent. */
export const forCustomer =
  (emit: Emit): Emit =>
  (event, payload) => {
    const pick = events.get(event satisfies ServerEventName);
    // The list is a part of the event's own fields, so what it gives is a payload of this event.
    if (pick !== undefined) emit(event, pick(payload) as typeof payload);
  };

/** An entry as a customer may see it: a reason that was not meant for the customer is neither in it nor in its sentence. */
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

/** The acknowledgement of an event; of a customer's, only what is public. */
export function acknowledgementOf<Name extends ClientEventName>(
  event: Name,
  reply: AckOf<ClientEvents[Name]>,
): AckOf<ClientEvents[Name]> {
  const pick = acknowledgements.get(event);
  if (pick === undefined || !reply.ok) return reply;
  return { ...reply, value: pick(reply.value) } as typeof reply;
}
