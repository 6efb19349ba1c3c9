/**
 * The operations of the implementation guide under their names there, and where each is here. A name with a colon is a
 * socket event; every other one is `<service>.<endpoint>`. By the guide's services, as names recur.
 */
export const guideNames: Record<
  'database' | 'chat' | 'queue' | 'OpenAI',
  Record<string, { here: string; note?: string }>
> = {
  database: {
    createSession: { here: 'session.create', note: '`botContext` a text or an object' },
    getSession: { here: 'session.get' },
    updateSessionStatus: { here: 'session.changeStatus', note: 'only along the permitted changes of control' },
    closeSession: { here: 'session.close', note: 'the `sessionId` suffices' },
    addMessage: { here: 'session.append', note: 'one message or up to a hundred, in order' },
    getSessionMessages: { here: 'session.listEntries', note: 'messages and changes of control, paged by `seq`' },
    getSessionMessageCount: { here: 'session.countEntries', note: 'in all and by sender' },
    createAgent: { here: 'session.createAgent' },
    getAgent: { here: 'session.getAgent' },
    getAvailableAgents: { here: 'session.listAgents', note: '`available: true`, which is the default' },
    assignSessionToAgent: { here: 'session.assign' },
    getSystemStats: { here: 'session.stats' },
    cleanupOldSessions: { here: 'session.cleanup' },
  },
  chat: {
    createSession: { here: 'session.create' },
    getSessionWithMessages: { here: 'session.getWithEntries', note: 'paged by `seq`; also gives the notes of agents' },
    closeSession: { here: 'session.close' },
    transferToQueue: { here: 'session.transfer' },
    assignSessionToAgent: { here: 'session.assign' },
    releaseSession: { here: 'session.release', note: 'to the queue, to the bot, or to another agent' },
    getWaitingSessions: { here: 'admin:list_waiting', note: 'each with its `queueInfo`; agents are sent them, too' },
    addAgent: { here: 'session.createAgent', note: 'by a socket: `agent:join`' },
    removeAgent: { here: 'session.removeAgent' },
    getAvailableAgent: { here: 'session.availableAgent', note: 'the least loaded' },
    getStats: { here: 'session.stats' },
    healthCheck: { here: 'session.health', note: 'of the whole system: `admin:health_check` and `GET /health`' },
    debugQueue: { here: 'queue.debug', note: 'beside the record: `admin:debug_queue`' },
  },
  queue: {
    addToQueue: { here: 'queue.add', note: 'the four arguments suffice' },
    getNextInQueue: { here: 'queue.next', note: 'a look; `queue.claim` takes it out, for an agent' },
    removeFromQueue: { here: 'queue.remove' },
    getQueuePosition: { here: 'queue.position', note: 'with an estimate of the wait' },
    getQueueLength: { here: 'queue.length', note: 'by priority and in all' },
    getWaitingSessions: { here: 'queue.list', note: 'each with position and waiting time' },
    clearQueue: { here: 'queue.clear', note: 'those who waited go back to the bot' },
    getQueueStats: { here: 'queue.stats' },
    healthCheck: { here: 'queue.health' },
    debugQueue: { here: 'queue.debug' },
  },
  OpenAI: {
    generateResponse: {
      here: 'ai.generateResponse',
      note: 'nothing is written; a human is asked for by `session.transfer`',
    },
    generateGreeting: { here: 'ai.generateGreeting', note: "the model's own with a text as `botContext`" },
    setTransferCallback: {
      here: 'session.transfer',
      note: 'what the bot calls; subscribers follow the `control` event',
    },
  },
};
