/**
 * The operations of the implementation guide under their names there, and where each is here. A name with a colon is a
 * socket event; every other one is `<service>.<endpoint>`. The second list is by service because both have a healthCheck.
 */
export const guideNames: Record<'chat and database' | 'queue', Record<string, { here: string; note?: string }>> = {
  'chat and database': {
    createSession: { here: 'session.create' },
    getSession: { here: 'session.get' },
    getSessionWithMessages: { here: 'session.getWithEntries', note: 'paged by `seq`; also gives the notes of agents' },
    getSessionMessages: { here: 'session.listEntries', note: 'messages and changes of control, paged by `seq`' },
    getSessionMessageCount: { here: 'session.countEntries', note: 'in all and by sender' },
    updateSessionStatus: { here: 'session.changeStatus', note: 'only along the permitted changes of control' },
    addMessage: { here: 'session.append', note: 'one message or up to a hundred, in order' },
    closeSession: { here: 'session.close' },
    transferToQueue: { here: 'session.transfer' },
    assignSessionToAgent: { here: 'session.assign' },
    releaseSession: { here: 'session.release', note: 'to the queue, to the bot, or to another agent' },
    createAgent: { here: 'session.createAgent' },
    getAgent: { here: 'session.getAgent' },
    removeAgent: { here: 'session.removeAgent' },
    getAvailableAgents: { here: 'session.listAgents', note: '`available: true`, which is the default' },
    getSystemStats: { here: 'session.stats' },
    cleanupOldSessions: { here: 'session.cleanup' },
    healthCheck: { here: 'session.health' },
  },
  queue: {
    addToQueue: { here: 'queue.add' },
    getNextInQueue: { here: 'queue.claim', note: 'claims for an agent: what is taken out is at once in its hands' },
    removeFromQueue: { here: 'queue.remove' },
    getQueuePosition: { here: 'queue.position', note: 'with an estimate of the wait' },
    getQueueLength: { here: 'queue.length', note: 'by priority and in all' },
    getWaitingSessions: { here: 'queue.list' },
    clearQueue: { here: 'queue.clear', note: 'those who waited go back to the bot' },
    getQueueStats: { here: 'queue.stats' },
    healthCheck: { here: 'queue.health' },
    debugQueue: { here: 'queue.debug' },
  },
};
