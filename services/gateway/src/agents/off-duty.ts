import type { Agent } from '@baton/contracts';

/**
 * An agent is offline by choice or because it was taken for vanished. The record tells them apart by its socket: who
 * goes off duty by choice gives it up; who vanished left it there.
 */
export const isVanished = (agent: Agent): boolean => agent.status === 'offline' && agent.socketId !== null;
export const isOffDuty = (agent: Agent): boolean => agent.status === 'offline' && agent.socketId === null;
