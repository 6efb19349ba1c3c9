import { sessionApi } from '@baton/contracts';
import { directCaller } from '../direct-caller.ts';
import { createFakeSession } from './session.ts';
import { describePublication, describeSessionContract } from './session-contract.ts';

describeSessionContract(async () => {
  const published: string[] = [];
  const { handlers } = createFakeSession({
    publish: (channel, _params, payload) => published.push(describePublication(channel, payload)),
  });
  return { session: directCaller(sessionApi, handlers), published, stop: () => {} };
});
