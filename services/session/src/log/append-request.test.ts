import { sessionApi } from '@baton/contracts';
import { expect, it } from 'vitest';
import {
  type PendingMessage,
  pendingMessages,
  replyToAppend,
  resultOf,
  tokensOf,
  type Written,
} from './append-request.ts';

const SESSION = '01a2040b-91cc-73a6-b563-0b3bcec7ff77';
const AGENT = '01a2040b-922c-720f-ba07-18a9c87119c0';
const ENTRY = '01a2040b-91e3-7562-9865-d05e416e0341';

const item: PendingMessage = {
  id: ENTRY,
  sessionId: SESSION,
  sender: 'agent',
  agentId: AGENT,
  epoch: 3,
  clientMessageId: 'a',
  content: 'hello',
  inReplyTo: null,
  metadata: { a: 1 },
};
const stored: Written = {
  outcome: 'stored',
  id: ENTRY,
  seq: 7,
  at: new Date('2026-01-02T03:04:05.678Z'),
  senderName: 'Ann',
  inReplyTo: null,
  metadata: { a: 1 },
  status: 'agent',
  epoch: 3,
  source: null,
  answers: false,
  logBytes: 90,
};
const reply = (...settled: (Written | Error)[]) =>
  replyToAppend(settled.map((written, index) => resultOf(item, index, written)));

it('has a result for each message, as the contract requires', () => {
  const answer = reply(stored, { ...stored, outcome: 'repeated' }, { outcome: 'ID_REUSED' }, new Error('x'), {
    outcome: 'ALREADY_ANSWERED',
  });
  if (!answer.ok) throw new Error('refused');
  expect(sessionApi.endpoints.append.value.parse(answer.value)).toEqual(answer.value);
  expect(answer.value.results).toMatchObject([
    { ok: true, value: { repeated: false, entry: { seq: 7, senderId: AGENT, senderName: 'Ann', metadata: { a: 1 } } } },
    { ok: true, value: { repeated: true } },
    { ok: false, code: 'ID_REUSED', field: 'messages.2.clientMessageId' },
    { ok: false, code: 'INTERNAL' },
    { ok: false, code: 'ALREADY_ANSWERED', field: 'messages.4.inReplyTo' },
  ]);
});

it.each(['NOT_FOUND', 'SESSION_CLOSED', 'NOT_ASSIGNED', 'STALE_EPOCH'] as const)(
  'refuses the request with %s when every message is refused so, and not when one was a repeat',
  (outcome) => {
    expect(reply({ outcome }, { outcome })).toMatchObject({ ok: false, code: outcome });
    expect(reply({ outcome }, { ...stored, outcome: 'repeated' })).toMatchObject({ ok: true });
  },
);

it('does not refuse the request for a reason that lies in a message', () => {
  expect(reply({ outcome: 'ID_REUSED' })).toMatchObject({ ok: true });
  expect(reply({ outcome: 'ANSWERS_NOTHING' })).toMatchObject({
    ok: true,
    value: { results: [{ code: 'VALIDATION_FAILED', field: 'messages.0.inReplyTo' }] },
  });
});

it('counts tokens of the bot only, and ignores values that are no counts', () => {
  const [message] = pendingMessages(
    {
      sessionId: SESSION,
      author: { type: 'bot', epoch: 1 },
      messages: [{ content: 'x', metadata: { usage: { promptTokens: 12, completionTokens: 3 } } }],
    },
    () => ENTRY,
  );
  if (!message) throw new Error('one message');
  expect(tokensOf(message)).toEqual({ prompt: 12, completion: 3 });
  expect(tokensOf({ ...message, sender: 'user' })).toEqual({ prompt: 0, completion: 0 });
  for (const usage of [null, 'many', { promptTokens: -1, completionTokens: 1.5 }, { promptTokens: '5' }])
    expect(tokensOf({ ...message, metadata: { usage } })).toEqual({ prompt: 0, completion: 0 });
  expect(tokensOf({ ...message, metadata: { usage: { promptTokens: 1e15 } } }).prompt).toBe(10_000_000);
});
