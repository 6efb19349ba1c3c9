import { type Incoming, socketIoTransport, type Transport } from '@baton/client';

export interface LineEvents {
  /** Lost; it comes back by itself. */
  onDown?: () => void;
  /** Could not connect, in words; tried again. Told once until it has worked again. */
  onUnreachable?: (why: string) => void;
  /** The server at the other end is about to stop. */
  onDraining?: () => void;
}

/** A connection for the client whose ups and downs are told to the one in front of the terminal. */
export function watchedLine(
  options: { url: string; key?: string | undefined } & LineEvents & {
      /** We are who we were again, on a new connection. */
      onBack?: () => void;
    },
): Transport {
  let told = false;
  const transport = socketIoTransport({
    url: options.url,
    key: options.key,
    unreachable: (why) => {
      if (!told) options.onUnreachable?.(why);
      told = true;
    },
  });
  return {
    open: (listener) =>
      transport.open({
        up() {
          told = false;
          listener.up();
        },
        down(dismissed) {
          options.onDown?.();
          listener.down(dismissed);
        },
        received(incoming: Incoming) {
          if (incoming.event === 'server:draining') options.onDraining?.();
          listener.received(incoming);
        },
      }),
    async request(event, payload, timeoutMs) {
      const reply = await transport.request(event, payload, timeoutMs);
      // After the caller, who has seen the answer by then.
      if (reply.ok && (event === 'customer:resume_chat' || event === 'agent:resume'))
        setTimeout(() => options.onBack?.());
      return reply;
    },
    close: () => transport.close(),
  };
}
