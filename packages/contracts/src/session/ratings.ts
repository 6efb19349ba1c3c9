import { z } from 'zod';
import { sessionId, text, timestamp } from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';

/** The customer's verdict on a session. */
export const rating = {
  rating: z.int().min(1).max(5).describe('1 is bad, 5 is good'),
  comment: text(2_000).optional().describe('in the words of the customer'),
};

/** The customer's verdict: the last one given. */
export const givenRating = z
  .object({
    score: rating.rating,
    comment: z.string().nullable().describe('in the words of the customer'),
    ratedAt: timestamp,
  })
  .meta({ id: 'GivenRating' });
export type GivenRating = z.infer<typeof givenRating>;

export const ratingEndpoints = {
  rate: endpoint({
    summary: "Keep the customer's verdict, also on a session that has ended. It replaces an earlier one.",
    request: z.object({ sessionId, ...rating }),
    value: z.object({}),
    refusals: ['NOT_FOUND'],
  }),
} as const;
