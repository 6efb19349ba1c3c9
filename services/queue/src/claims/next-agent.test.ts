import type { Agent } from '@baton/contracts';
import { expect, it } from 'vitest';
import { nextAgent } from './next-agent.ts';

const agent = (id: string, capacity: number, active: number, lastActive = '2026-01-01T00:00:00Z') => ({
  agent: {
    id,
    socketId: null,
    name: id,
    status: 'available',
    capacity,
    active,
    joinedAt: '2026-01-01T00:00:00Z',
    lastActiveAt: lastActive,
  } satisfies Agent,
  active,
});
const chosen = (...all: ReturnType<typeof agent>[]) => nextAgent(all)?.agent.id;

it('[Q5] chooses the agent that is least loaded for its capacity', () => {
  expect(chosen(agent('a', 2, 1), agent('b', 10, 2))).toBe('b');
});

it('[Q5] of equally loaded agents chooses the one that has been idle for longest', () => {
  expect(chosen(agent('a', 2, 1, '2026-01-01T00:02:00Z'), agent('b', 2, 1, '2026-01-01T00:01:00Z'))).toBe('b');
});

it('[Q5] skips agents without capacity', () => {
  expect(chosen(agent('a', 1, 1), agent('b', 5, 4))).toBe('b');
  expect(chosen(agent('a', 1, 1))).toBeUndefined();
  expect(chosen()).toBeUndefined();
});
