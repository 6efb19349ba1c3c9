import { consoles } from '../consoles/console.ts';
import { ai } from './ai.ts';
import { baseline } from './baseline.ts';
import { connections } from './connections.ts';
import { hops } from './hops.ts';
import type { Measurement } from './measure.ts';
import { message } from './message.ts';
import { queue } from './queue.ts';
import { referenceDesign } from './reference-design.ts';
import { scale } from './scale.ts';
import { start } from './start.ts';

/** In the order in which they are run. */
export const measurements: readonly Measurement[] = [
  baseline,
  message,
  hops,
  referenceDesign,
  queue,
  connections,
  consoles,
  ai,
  scale,
  start,
];
