import { startSystem } from '@baton/testkit';
import { it } from 'vitest';
import {
  agentPicksUpNextAndTransfers,
  customerToBotToHumanToClose,
  severalCustomersComeOutInOrder,
} from '../clients/scenarios.ts';

/**
 * The guide's three scenarios, by a bare Socket.IO client: against a system of its own, or against the one at
 * BATON_URL, such as `compose.sh up --scale gateway=3`.
 */
const door = process.env.BATON_URL ?? (await startSystem()).urls[0] ?? '';
const doors = { customer: door, agent: door };

it('customer → bot → human → agent chats → close', () => customerToBotToHumanToClose(doors));
it('an agent takes the next in line and hands it to a colleague', () => agentPicksUpNextAndTransfers(doors));
it('[Q1] several customers with different priorities come out in order', () => severalCustomersComeOutInOrder(doors));
