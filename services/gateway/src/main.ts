import { runService } from '@baton/runtime';
import { gatewayConfig } from './config.ts';
import { startGateway } from './start.ts';

await runService({ name: 'gateway', config: gatewayConfig }, async (parts) => {
  await startGateway(parts);
});
