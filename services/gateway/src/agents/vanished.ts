import type { Agent } from '@baton/contracts';

/**
 * An agent is offline because it signed out or because it vanished. The record tells them apart by its socket: signing
 * out clears `socketId`, vanishing leaves it.
 */
export const isVanished = (agent: Agent): boolean => agent.status === 'offline' && agent.socketId !== null;
export const isSignedOut = (agent: Agent): boolean => agent.status === 'offline' && agent.socketId === null;
