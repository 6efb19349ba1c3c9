import { bugsInControl } from './bugs-in-control.ts';
import { bugsInMessages } from './bugs-in-messages.ts';
import { bugsInQueueAndBot } from './bugs-in-queue-and-bot.ts';
import type { SeededBug } from './seeded-bug.ts';

export const seededBugs: readonly SeededBug[] = [...bugsInMessages, ...bugsInControl, ...bugsInQueueAndBot];
