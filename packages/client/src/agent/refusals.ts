import type { Problem, Result } from '../log/types.ts';

export const notYours: Problem = { code: 'NOT_ASSIGNED', message: 'You no longer have this chat.' };
export const signedOut: Result<never> = { ok: false, code: 'UNAUTHENTICATED', message: 'You’re signed out.' };
export const nameless: Result<never> = {
  ok: false,
  code: 'VALIDATION_FAILED',
  message: 'name: is needed to go online',
  field: 'name',
};
