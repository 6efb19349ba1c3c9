const SESSION = '019a7c50-7d1e-7c3a-9f6e-2b8d41c0a7f5';
const AGENT = '019a7c4f-11b2-7e90-8d21-64f0a9c3be17';
const ACCOUNT = '019a7c4e-52d3-7a41-b0c8-3f6e9d1a2b47';
const MESSAGE = '019a7c51-02aa-7f14-b3c8-9e5d7712f06a';
const REQUEST = '019a7c50-7d00-7b61-a4d2-0c9f38e1b544';
const CAME = '2026-03-02T09:30:00.000Z';
const ASKED = '2026-03-02T09:31:30.000Z';
const NOW = '2026-03-02T09:31:42.120Z';

/** Where nothing better is known. */
export const formatted: Record<string, string> = { uuid: SESSION, 'date-time': NOW };

/** Optional members that would not stand together with the rest of the example: a customer's message has no agent. */
export const ofOthers = new Set([
  'Message.senderId',
  'Message.senderName',
  'Message.inReplyTo',
  'message.inReplyTo',
  'HealthPart.detail',
]);

/** What the keys of a free-form record look like. */
export const keyValues: Record<string, string> = {
  parts: 'postgres',
  features: 'autoAssignment',
  queues: 'chat:queue:normal',
  metadata: SESSION,
};

/**
 * By `Definition.property`, `property.property` or `property`. One of the wrong type for a schema is not used; the word
 * null stands for null where that is possible.
 */
const generalValues: Record<string, unknown> = {
  'Agent.id': AGENT,
  'Account.id': ACCOUNT,
  accountId: ACCOUNT,
  mail: 'ada@example.com',
  password: 'correct horse battery',
  current: 'correct horse battery',
  passcode: '492039',
  credential: 'bl_…',
  'LoginGranted.token': 'bl_…',
  device: 'Firefox on Linux',
  'IdentityProvider.id': 'acme',
  'IdentityProvider.label': 'Acme',
  providerId: 'acme',
  url: 'https://id.acme.example/authorize?client_id=baton&…',
  query: 'code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj…',
  secret: 'dBjftJeZ4CVP…',
  logoutToken: 'eyJhbGci…',
  addressHash: 'rK3vV0b1mXo2hZ8sQy4TnA',
  'Account.status': 'active',
  'Account.name': 'Ada',
  'AuditRow.action': 'login.started',
  'AuditRow.actorKind': 'account',
  'AuditRow.actorId': ACCOUNT,
  'AuditRow.subjectKind': 'login',
  'AuditRow.subjectId': ACCOUNT,
  'AuditRow.details': { method: 'password', device: 'Firefox on Linux' },
  hash: '9b74c9897bac770ffc029102a200c5de66da2f4b7f2b8b9b6a0f0d2b3c1e5a77',
  'Revocation.reason': 'logged_out',
  'Message.id': MESSAGE,
  'Event.id': MESSAGE,
  'Note.id': MESSAGE,
  'Note.content': 'Parcel 4711 is held at customs; papers sent on Monday.',
  'Message.senderId': AGENT,
  'Event.content': 'Ada joined the chat.',
  'Message.sender': 'user',
  'Event.sender': 'system',
  'Change.from': 'waiting',
  'Change.to': 'agent',
  'Change.cause': 'agent_assigned',
  'Change.by': 'agent',
  source: 'rK3vV0b1mXo2hZ8sQy4TnA.c7WdFq9uL5eYg1PzB6JkMw',
  'ControlEvent.from': 'bot',
  'ControlEvent.to': 'waiting',
  'ControlEvent.cause': 'customer_requested',
  'QueuedSession.closedAt': 'null',
  'QueuedSession.assignedAgent': 'null',
  'QueuedSession.agentName': 'null',
  wait: 'null',
  'tool.name': 'transfer_to_agent',
  'Info.name': 'baton',
  'HealthPart.status': 'up',
  'QueuedSession.status': 'waiting',
  'Draft.text': 'Your parcel left our warehouse on',
  'Typing.name': 'Ada',
  'Brief.summary': 'Parcel 4711 has not arrived; the tracking page shows no news since Friday.',
  'HealthPart.detail': 'no answer within 2 s',
  'QueuePosition.position': 2,
  'QueuePosition.waiting': 5,
  sessionId: SESSION,
  agentId: AGENT,
  startId: REQUEST,
  afterId: SESSION,
  userId: 'customer-42',
  name: 'Ada',
  agentName: 'Ada',
  senderName: 'Ada',
  sender: 'user',
  content: 'Where is parcel 4711?',
  clientMessageId: 'b1f6c1de-1',
  clientNoteId: 'b1f6c1de-2',
  reason: 'wants to speak to a human',
  message: 'Ada joined the chat.',
  customerWants: 'to know where parcel 4711 is',
  tried: 'looked up the tracking page',
  mood: 'calm',
  language: 'en',
  summary: 'The customer asks about parcel 4711; the bot explained how tracking works.',
  memory: 'The customer asks about parcel 4711; the bot explained how tracking works.',
  token: 'eyJzIjoi…',
  botContext: { page: '/orders/4711' },
  metadata: { plan: 'business' },
  timestamp: NOW,
  createdAt: CAME,
  updatedAt: NOW,
  joinedAt: CAME,
  lastActiveAt: NOW,
  lastSeenAt: NOW,
  lastComparedAt: NOW,
  waitingSince: ASKED,
  requestedAt: ASKED,
  unansweredSince: ASKED,
  expiresAt: '2026-03-02T09:31:52.120Z',
  at: NOW,
  seq: 4,
  lastSeq: 4,
  waitedSeconds: 12.1,
  afterSeq: 2,
  inReplyTo: 2,
  unansweredSeq: 4,
  throughSeq: 2,
  memoryThroughSeq: 2,
  epoch: 2,
  position: 1,
  waiting: 5,
  lowSeconds: 120,
  highSeconds: 300,
  priority: 'normal',
  capacity: 5,
  active: 1,
  system: 0,
  socketId: 'x1Gk3mQz0aAAAB',
  worker: 'ai-7f3c',
  turnId: 'turn-4',
  leaseMs: 30_000,
  limit: 50,
  olderThanDays: 90,
  olderThanMs: 5_000,
  seconds: [312.4, 185.2],
  hasMore: false,
  repeated: false,
  removed: false,
  ended: false,
  last: true,
  by: 'user',
  closedBy: 'agent',
  cause: 'customer_requested',
  status: 'agent',
  code: 'NOT_FOUND',
  event: 'customer:send_message',
  field: 'content',
  totalSessions: 1280,
  activeSessions: 37,
  totalAgents: 8,
  availableAgents: 5,
  messagesLast24h: 4210,
  transfersLast24h: 96,
  averageWaitSeconds: 48.5,
  averageFirstResponseMs: 820,
  averageHandlingSeconds: 240.7,
  longestWaitSeconds: 95.2,
  botResolutionShare: 0.82,
  abandonedLast24h: 12,
  averageRating: 4.6,
  rating: 5,
  comment: 'Quick and friendly.',
  claimedLastHour: 14,
  agentsPresent: 5,
  latencyMs: 1.4,
  uptimeSeconds: 86_400,
  instance: 'session-7f3c',
  version: '0.1.0',
  prefix: 'chat:',
  gatewayId: 'gateway-1a2b',
  withinMs: 5_000,
  topic: 'a parcel at sea',
  style: 'haiku',
  poem: 'Grey sea, patient box;\nsomewhere a label still knows\nthe name of your street.',
  description: 'Hands the chat to a human colleague.',
  parameters: { type: 'object', properties: { reason: { type: 'string' } }, required: ['reason'] },
};

type State = 'bot' | 'waiting' | 'agent' | 'closed';

/** A session in each state, as far as its members depend on it; within an extended session they are named differently. */
const sessionsAs: Record<State, Record<string, unknown>> = {
  bot: stateValues({ status: 'bot', assignedAgent: 'null', agentName: 'null', epoch: 1, lastSeq: 1 }),
  waiting: stateValues({ status: 'waiting', assignedAgent: 'null', agentName: 'null', waitingSince: ASKED }),
  agent: stateValues({ status: 'agent', assignedAgent: AGENT, epoch: 3 }),
  closed: stateValues({ status: 'closed', assignedAgent: AGENT, epoch: 4, lastSeq: 9, closedAt: NOW }),
};

function stateValues(members: Record<string, unknown>): Record<string, unknown> {
  const all = { waitingSince: 'null', closedAt: 'null', ...members };
  return Object.fromEntries(
    ['Session', 'session'].flatMap((owner) => Object.entries(all).map(([key, value]) => [`${owner}.${key}`, value])),
  );
}

/** In which state the session of an example is, where no agent has it. */
const stateShownAt: Record<string, State> = {
  'session.create': 'bot',
  'session.beginTurn': 'bot',
  'session.cancelTransfer': 'bot',
  'customer:start_chat': 'bot',
  'customer:cancel_request': 'bot',
  'session:created': 'bot',
  'session.transfer': 'waiting',
  'session.release': 'waiting',
  'agent:release_session': 'waiting',
  'customer:request_agent': 'waiting',
  'session.close': 'closed',
  'customer:end_chat': 'closed',
  'agent:close_session': 'closed',
};

/** What to put into an example for one endpoint or event. */
export function valuesFor(where: string): Record<string, unknown> {
  return { ...generalValues, ...sessionsAs[stateShownAt[where] ?? 'agent'] };
}
