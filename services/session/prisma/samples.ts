import type { Change, Priority, Sender } from '@baton/contracts';

/** A line of a sample conversation, `after` seconds after the previous one. */
export type Line =
  | { readonly after: number; readonly sender: Exclude<Sender, 'system'>; readonly says: string }
  | { readonly after: number; readonly turns: Turn };

/** A change of control. The seed computes its epoch and its former state from the earlier lines. */
export type Turn = Pick<Change, 'to' | 'cause' | 'by'> & { readonly reason?: string; readonly priority?: Priority };

export interface Sample {
  readonly id: string;
  readonly userId: string;
  /** How long ago it began, in minutes. */
  readonly minutesAgo: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly brief?: { readonly summary: string; readonly customerWants: string };
  readonly rating?: number;
  readonly lines: readonly Line[];
}

export const sampleAgents = [
  { id: '01900000-0000-7000-8000-0000000000a1', name: 'Ada', status: 'available' },
  { id: '01900000-0000-7000-8000-0000000000a2', name: 'Grace', status: 'offline' },
] as const;

const started = { after: 0, turns: { to: 'bot', cause: 'started', by: 'user' } } as const;

/** One session in each state. Every question is answered, so seeding causes no model calls. */
export const samples: readonly Sample[] = [
  {
    id: '01900000-0000-7000-8000-000000000001',
    userId: 'sample-bot',
    minutesAgo: 4,
    metadata: { page: '/shop/lamps' },
    lines: [
      started,
      { after: 1, sender: 'bot', says: 'Hello! How can I help you?' },
      { after: 20, sender: 'user', says: 'Do you ship to Norway?' },
      { after: 2, sender: 'bot', says: 'Yes, we ship to Norway. It takes four to six working days.' },
    ],
  },
  {
    id: '01900000-0000-7000-8000-000000000002',
    userId: 'sample-waiting',
    minutesAgo: 6,
    metadata: { page: '/orders' },
    brief: {
      summary: 'A lamp of order 1042 arrived broken. The bot has asked for the order number and been given it.',
      customerWants: 'A replacement, without paying the postage again.',
    },
    lines: [
      started,
      { after: 1, sender: 'bot', says: 'Hello! How can I help you?' },
      { after: 30, sender: 'user', says: 'My lamp arrived broken. The order is 1042.' },
      { after: 3, sender: 'bot', says: 'I am sorry to hear that. A colleague can arrange a replacement: one moment.' },
      {
        after: 1,
        turns: {
          to: 'waiting',
          cause: 'bot_transferred',
          by: 'bot',
          priority: 'high',
          reason: 'The goods arrived broken',
        },
      },
    ],
  },
  {
    id: '01900000-0000-7000-8000-000000000003',
    userId: 'sample-agent',
    minutesAgo: 12,
    metadata: { page: '/returns' },
    lines: [
      started,
      { after: 1, sender: 'bot', says: 'Hello! How can I help you?' },
      { after: 15, sender: 'user', says: 'I would like to talk to a person, please.' },
      { after: 2, sender: 'bot', says: 'Of course.' },
      {
        after: 0,
        turns: {
          to: 'waiting',
          cause: 'bot_transferred',
          by: 'bot',
          priority: 'normal',
          reason: 'The customer asked for a person',
        },
      },
      { after: 45, turns: { to: 'agent', cause: 'agent_assigned', by: 'agent' } },
      { after: 12, sender: 'agent', says: 'Hello, this is Ada. What can I do for you?' },
      { after: 30, sender: 'user', says: 'Can I return a lamp after 30 days?' },
    ],
  },
  {
    id: '01900000-0000-7000-8000-000000000004',
    userId: 'sample-closed',
    minutesAgo: 90,
    metadata: { page: '/' },
    rating: 5,
    lines: [
      started,
      { after: 1, sender: 'bot', says: 'Hello! How can I help you?' },
      { after: 25, sender: 'user', says: 'Which bulb fits the reading lamp?' },
      { after: 3, sender: 'bot', says: 'An E14 bulb of at most 40 W.' },
      { after: 40, sender: 'user', says: 'Thank you!' },
      { after: 2, sender: 'bot', says: 'You are welcome.' },
      { after: 20, turns: { to: 'closed', cause: 'customer_ended', by: 'user' } },
    ],
  },
];
