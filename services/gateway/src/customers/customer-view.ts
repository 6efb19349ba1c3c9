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
 * The one place that decides what a customer is sent: entries, events, sessions and acknowledgements are cut to the
 * public fields that the contract lists.
 */

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
