export type {
  Agent,
  AgentStatus,
  Brief,
  Change,
  ChangeCause,
  Entry,
  ErrorCode,
  EventEntry,
  GivenRating,
  MessageEntry,
  Note,
  Position,
  QueuedSession,
  Session,
  SessionStatus,
  SystemHealth,
  SystemStats,
} from '@baton/contracts';
export { createAgentClient } from './agent/agent-client.ts';
export type {
  AgentChat,
  AgentClient,
  AgentClientOptions,
  AgentPhase,
  AgentQueue,
  AgentState,
  ChatAssignment,
  TransferTarget,
  ViewedChat,
} from './agent/types.ts';
export { createChat } from './chat/chat.ts';
export { customerName, nameToAddress } from './chat/customer-name.ts';
export type { Chat, ChatOptions, ChatPhase, ChatSession, ChatState } from './chat/types.ts';
export { wordsForCustomer } from './chat/words-for-customer.ts';
export type { Incoming, Transport, TransportListener } from './connection/transport.ts';
export { socketIoTransport } from './connection/transport-socketio.ts';
export type {
  BotDraft,
  ConnectionState,
  Delivery,
  Problem,
  Result,
  TranscriptItem,
  TypingSign,
} from './log/types.ts';
export { type ClientStorage, type Clock, memoryStorage } from './platform/environment.ts';
export { isolated } from './platform/isolated.ts';
export { createSupervisorClient } from './supervisor/supervisor-client.ts';
export type {
  Polled,
  QueueDebug,
  SupervisorClient,
  SupervisorClientOptions,
  SupervisorState,
  WaitingView,
} from './supervisor/types.ts';
