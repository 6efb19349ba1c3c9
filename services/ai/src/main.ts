import { runService } from '@baton/runtime';
import { aiConfig } from './config.ts';
import { startAi } from './start.ts';

await runService({ name: 'ai', config: aiConfig }, startAi);
