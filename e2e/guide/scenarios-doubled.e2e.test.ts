import { startSystem } from '@baton/testkit';
import { it } from 'vitest';
import {
  agentPicksUpNextAndTransfers,
  customerToBotToHumanToClose,
  severalCustomersComeOutInOrder,
} from '../clients/scenarios.ts';

/** The same with two of each service at once, customers and agents on different gateways. [O1] */
const system = await startSystem({ gateways: 2, sessions: 2, queues: 2, ais: 2 });
const [customer = '', agent = ''] = system.urls;
const doors = { customer, agent };

it('customer → bot → human → agent chats → close', () => customerToBotToHumanToClose(doors));
it('an agent takes the next in line and hands it to a colleague', () => agentPicksUpNextAndTransfers(doors));
it('[Q1] several customers with different priorities come out in order', () => severalCustomersComeOutInOrder(doors));
