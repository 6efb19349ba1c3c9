import type { Session } from '@baton/client';
import { Badge } from '@baton/design';
import { words } from '../words/words.ts';

/** Whether the site has proven who the customer is; what a page says alone, anybody can say. */
export function VerifiedMark({ session }: { session: Pick<Session, 'customer'> }) {
  return session.customer ? (
    <Badge tone="good">{words.customer.verified}</Badge>
  ) : (
    <Badge tone="plain">{words.customer.notVerified}</Badge>
  );
}
