import { refuse } from '@baton/contracts';

/** Until the first reconciliation Redis may lack sessions, so no caller is told that one, or any, does not wait. */
export const refuseWhileRebuilding = () =>
  refuse('UNAVAILABLE', 'The queue is being rebuilt; try again in a few seconds.');
