import { createAgentStore } from './agents/store-postgres.ts';
import { createBudgetStore } from './budgets/store-postgres.ts';
import { createControlStore } from './control/store-postgres.ts';
import { createMessageStore } from './log/append-postgres.ts';
import { createEntryStore } from './log/store-postgres.ts';
import { createNoteStore } from './notes/store-postgres.ts';
import type { Database } from './platform/database-postgres.ts';
import { createRatingStore } from './ratings/store-postgres.ts';
import { createSessionStore } from './sessions/store-postgres.ts';
import { createStatisticsStore } from './statistics/store-postgres.ts';
import { createStandInStore } from './turns/stand-in-store-postgres.ts';
import { createTurnStore } from './turns/store-postgres.ts';

/** Everything that reads or writes Postgres: one object for each feature. */
export function createStores(database: Database) {
  const ratings = createRatingStore(database);
  return {
    agents: createAgentStore(database),
    budgets: createBudgetStore(database),
    control: createControlStore(database),
    entries: createEntryStore(database),
    messages: createMessageStore(database),
    notes: createNoteStore(database),
    ratings,
    sessions: createSessionStore(database),
    standIns: createStandInStore(database),
    statistics: createStatisticsStore(database, ratings),
    turns: createTurnStore(database),
  };
}
export type Stores = ReturnType<typeof createStores>;
