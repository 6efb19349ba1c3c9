import { accept, refuse } from '@baton/contracts';
import { type FakeChats, type FakeHandlers, noChat } from './fake-chats.ts';

/** What a gateway answers customers. */
export function fakeCustomers(chatsAndAgents: FakeChats): FakeHandlers {
  const { change, chatFor, chats, entriesOf, manner, openChat, rate, say, show, starts } = chatsAndAgents;
  return {
    'customer:start_chat'(end, { userId, botContext = null, metadata = {}, startId }) {
      const known = starts.get(startId);
      if (known && JSON.stringify(known.session.metadata) !== JSON.stringify(metadata))
        return refuse('ID_REUSED', 'startId: this id was already used for another chat');
      const chat = known ?? openChat({ userId, botContext, metadata });
      starts.set(startId, chat);
      const { session, token } = chat;
      chat.subscribers.set(end, 'customer');
      end.emit({
        event: 'session:created',
        payload: { sessionId: session.id, status: session.status, session, token },
      });
      for (const entry of chat.log.slice(1)) show(chat, entry, end);
      return accept({ session, token });
    },
    'customer:resume_chat'(end, { sessionId, token, lastSeq, newest }) {
      const chat = chats.get(sessionId);
      if (chat === undefined || chat.token !== token) return noChat();
      chat.subscribers.set(end, 'customer');
      if (manner.pages && newest !== undefined)
        return accept({ session: chat.session, token, entries: chat.log.slice(lastSeq).slice(-newest) });
      for (const entry of chat.log.slice(lastSeq)) show(chat, entry, end);
      return accept({ session: chat.session, token });
    },
    'customer:send_message'(end, { sessionId, content, clientMessageId }) {
      const chat = chatFor(end, sessionId);
      return chat ? say(chat, { sender: 'user', content, clientMessageId }) : noChat();
    },
    'customer:request_agent'(end, { sessionId }) {
      const chat = chatFor(end, sessionId);
      if (!chat) return noChat();
      if (chat.session.status === 'bot') change(chat, { to: 'waiting', cause: 'customer_requested', by: 'user' });
      return accept({ session: chat.session });
    },
    'customer:cancel_request'(end, { sessionId }) {
      const chat = chatFor(end, sessionId);
      if (!chat) return noChat();
      if (chat.session.status !== 'waiting') return refuse('NOT_WAITING', 'The chat does not wait.');
      change(chat, { to: 'bot', cause: 'customer_cancelled', by: 'user' });
      return accept({ session: chat.session });
    },
    'customer:list_entries': (end, asked) => entriesOf(end, asked),
    'customer:end_chat'(end, { sessionId }) {
      const chat = chatFor(end, sessionId);
      if (!chat) return noChat();
      if (chat.session.status !== 'closed') change(chat, { to: 'closed', cause: 'customer_ended', by: 'user' });
      return accept({ session: chat.session });
    },
    'customer:rate_chat'(end, { sessionId, rating, comment }) {
      const chat = chatFor(end, sessionId);
      if (!chat) return noChat();
      rate(chat, rating, comment);
      return accept({});
    },
  };
}
