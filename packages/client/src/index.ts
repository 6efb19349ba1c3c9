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
export { createChat } from './chat.ts';
export type { Chat, ChatOptions, ChatPhase, ChatSession, ChatState } from './chat-types.ts';
export type {
  ConnectionState,
  Delivery,
  GrowingAnswer,
  Problem,
  Result,
  TranscriptItem,
  TypingSign,
} from './conversation-types.ts';
export { customerName, nameToAddress } from './customer-name.ts';
export { createAgentDesk } from './desk.ts';
export type {
  AgentDesk,
  AgentDeskOptions,
  DeskChat,
  DeskPhase,
  DeskState,
  Hands,
  ReleaseTo,
  ViewedChat,
  WaitingList,
} from './desk-types.ts';
export { type ClientStorage, type Clock, memoryStorage } from './environment.ts';
export { isolated } from './isolated.ts';
export { createOperator } from './operator.ts';
export type { Operator, OperatorOptions, OperatorState, Polled, QueueDebug, WaitingView } from './operator-types.ts';
export type { Incoming, Transport, TransportListener } from './transport.ts';
export { socketIoTransport } from './transport-socketio.ts';
export { wordsForCustomer } from './words-for-customer.ts';
