import { type ClientStorage, memoryStorage } from '@baton/client';
import '@baton/design/tokens.css';
import { render } from 'preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { ChatApp, type ChatAppProps } from '../chat/chat-app.tsx';
import { useChatState } from '../chat/use-chat-state.ts';
import { type Host, host } from '../embed/host-port.ts';
import { isToChat, type ToHost } from '../embed/protocol.ts';
import { readSettings } from '../settings.ts';
import { mount, prepare } from './start.ts';
import { hostStorage, ownStorage } from './storage.ts';

const embedded = window.parent !== window;
/** A page that holds the frame without our script says no hello. */
const HELLO_WITHIN_MS = 3_000;

/** The chat inside of a widget's frame. */
function FramedChat(props: Omit<ChatAppProps, 'frame'>) {
  // In a frame nothing is seen before the script has opened it.
  const [open, setOpen] = useState(!embedded);
  const port = useHostPort(setOpen);
  const { phase } = useChatState(props.chat);
  const { say } = props.language;
  const tell = useCallback((message: ToHost) => port?.postMessage(message), [port]);
  const close = useCallback(() => tell({ type: 'close' }), [tell]);
  const unread = useCallback(
    (count: number) => tell({ type: 'unread', count, words: say('unreadMessages', { n: count }) }),
    [tell, say],
  );
  useEffect(() => {
    if (phase !== 'idle') tell({ type: 'begun' });
  }, [phase, tell]);
  useEffect(() => {
    // A menu or a dialog closes itself first, and says so.
    const onEscape = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented && document.querySelector('dialog[open]') === null) close();
    };
    window.addEventListener('keydown', onEscape);
    return () => window.removeEventListener('keydown', onEscape);
  }, [close]);
  const frame = useMemo(() => ({ open, close, unread }), [open, close, unread]);
  return <ChatApp {...props} frame={frame} />;
}

/** The channel to the script on the host page; undefined until it has said hello, and when opened without one. */
function useHostPort(onShown: (open: boolean) => void): MessagePort | undefined {
  const [port, setPort] = useState<MessagePort>();
  useEffect(() => {
    let wanted = true;
    void host.then(({ port: given, hello }) => {
      if (!wanted) return;
      given.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (isToChat(data)) onShown(data.open);
      };
      onShown(hello.open);
      setPort(given);
    });
    return () => {
      wanted = false;
    };
  }, [onShown]);
  return port;
}

/** The frame's own storage; where the browser denies it, the host page's, and without that none that lasts. */
async function storageOfFrame(): Promise<ClientStorage> {
  const own = ownStorage();
  if (own !== undefined || !embedded) return own ?? memoryStorage();
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, HELLO_WITHIN_MS, undefined));
  const found: Host | undefined = await Promise.race([host, late]);
  if (found === undefined) return memoryStorage();
  const keep = (key: string, value: string | null): void => {
    const message: ToHost = { type: 'keep', key, value };
    found.port.postMessage(message);
  };
  return hostStorage(found.hello.kept, keep);
}

const settings = readSettings(location.hash, navigator.languages, embedded);
render(
  <FramedChat {...(await prepare(settings, await storageOfFrame()))} suggestions={settings.suggestions} />,
  mount(),
);
