import { ai } from './ai.ts';
import { floor } from './baseline.ts';
import { connections } from './connections.ts';
import { hops } from './hops.ts';
import type { Measurement } from './measure.ts';
import { message } from './message.ts';
import { queue } from './queue.ts';
import { guide } from './reference-design.ts';
import { scale } from './scale.ts';
import { start } from './start.ts';

/** In the order in which they are run. */
export const measurements: readonly Measurement[] = [floor, message, hops, guide, queue, connections, ai, scale, start];
