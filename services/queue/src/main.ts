import { runService } from '@baton/runtime';
import { queueConfig } from './config.ts';
import { startQueue } from './start.ts';

await runService({ name: 'queue', config: queueConfig }, startQueue);
