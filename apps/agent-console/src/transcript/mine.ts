import type { TranscriptItem } from '@baton/client';

type Message = Extract<TranscriptItem, { kind: 'message' }>;

/**
 * Whether this agent wrote it, by the id that the log has: colleagues may bear the same name. What is not in the log
 * yet was written here.
 */
export const isMine = ({ sender, entry }: Message, myId: string | undefined): boolean =>
  sender === 'agent' && (entry === undefined || entry.senderId === myId);
