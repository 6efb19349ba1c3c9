import type { JsonObject, Session } from '@baton/contracts';

/** [A4] The customer that a tool acts for: what the site has proven, and apart from it what anybody may have said. */
export interface ToolCustomer {
  /** The site has proven who the customer is. */
  verified: boolean;
  /** Their id at the site; null when nobody has proven who they are. A tool opens nobody's data without it. */
  customerId: string | null;
  name?: string | undefined;
  email?: string | undefined;
  metadata?: JsonObject | undefined;
  /** What the page, or another client, says of the customer. */
  unproven: { userId?: string; metadata: JsonObject };
}

export function toolCustomer({ customer, userId, metadata }: Session): ToolCustomer {
  if (!customer) return { verified: false, customerId: null, unproven: { userId, metadata } };
  const { id, botContext: _, ...proven } = customer;
  return { verified: true, customerId: id, ...proven, unproven: { metadata } };
}
