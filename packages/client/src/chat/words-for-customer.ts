import type { Change } from '@baton/contracts';

/**
 * What the one who made a change of control tells the customer about it. A customer is sent no reason of others but
 * this.
 */
export const wordsForCustomer = ({ by, reason }: Change): string | undefined => (by === 'user' ? undefined : reason);
