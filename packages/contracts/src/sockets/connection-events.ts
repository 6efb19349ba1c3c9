import { z } from 'zod';
import { timestamp } from '../values/primitives.ts';
import { type ErrorCode, errorCodes } from '../wire/error-codes.ts';
import { serverEvent } from '../wire/socket-event.ts';

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];

/** What any connection is sent. */
export const toConnections = {
  error: serverEvent({
    summary: 'What an acknowledgement would have said, for callers that did not ask for one.',
    to: 'anyone',
    payload: z.object({
      event: z.string(),
      code: z.enum(codes),
      message: z.string(),
      field: z.string().optional(),
      traceId: z.string().optional(),
    }),
  }),
  'server:time': serverEvent({
    summary:
      'The first that a connection is sent: what time it is here. Times in all that follows are by this clock, so how long something lasts is told from it, whatever a client has for a clock.',
    to: 'anyone',
    payload: z.object({ now: timestamp }),
  }),
  'server:draining': serverEvent({
    summary:
      'This gateway is about to stop. Stay; the connection will be cut within `withinMs` and comes back on another.',
    to: 'anyone',
    payload: z.object({ withinMs: z.int() }),
  }),
} as const;
