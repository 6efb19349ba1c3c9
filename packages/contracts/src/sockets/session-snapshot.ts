import { z } from 'zod';
import { entry } from '../session/log.ts';
import { brief, givenRating, note, session } from '../session/sessions.ts';

/** A chat as an agent is shown it: with its log so far (the newest page when it is long), brief and notes. */
export const sessionSnapshot = session.extend({
  messages: z.array(entry).describe('messages and changes of control, in order'),
  hasMore: z.boolean().describe('older entries exist than those sent'),
  brief: brief.nullable(),
  notes: z.array(note),
  rating: givenRating.nullable().optional().describe('null while the customer has given none'),
});
