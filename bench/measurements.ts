import type { Measurement } from './measure.ts';
import { ai } from './measures/ai.ts';
import { connections } from './measures/connections.ts';
import { floor } from './measures/floor.ts';
import { guide } from './measures/guide.ts';
import { hops } from './measures/hops.ts';
import { message } from './measures/message.ts';
import { queue } from './measures/queue.ts';
import { scale } from './measures/scale.ts';
import { start } from './measures/start.ts';

/** In the order in which they are run. */
export const measurements: readonly Measurement[] = [floor, message, hops, guide, queue, connections, ai, scale, start];
