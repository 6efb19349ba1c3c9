import WebSocket from 'ws';

/** An answer in an acknowledgement, as far as the measurements look at it. */
export interface Acknowledged {
  ok: boolean;
  code?: string;
  message?: string;
  // biome-ignore lint/suspicious/noExplicitAny: each caller knows the event that it sent
  value?: any;
}

/**
 * A Socket.IO client that does what the measurements need and nothing else, so that generating load costs as little as
 * can be: WebSocket only, default namespace, text packets (https://socket.io/docs/v4/socket-io-protocol/).
 */
export interface LoadSocket {
  /** Sends an event; `answered` gets what acknowledges it. */
  send(event: string, payload: unknown, answered: (reply: Acknowledged) => void): void;
  /** The same as a promise. Rejects when it is refused. */
  // biome-ignore lint/suspicious/noExplicitAny: each caller knows the event that it sent
  ask(event: string, payload: unknown): Promise<any>;
  /** Called with every event that arrives. */
  onEvent: (event: string, payload: unknown, bytes: number) => void;
  readonly closed: boolean;
  close(): void;
}

/** What is as long as this and reaches many sockets of this process is decoded once. */
const LONG = 1_000;
let latest: { data: Buffer; event: string; payload: unknown } = {
  data: Buffer.alloc(1),
  event: '',
  payload: undefined,
};

/** Connects to the default namespace. Rejects when it cannot. */
export function connectSocket(url: string, auth?: Record<string, string>): Promise<LoadSocket> {
  const address = `${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const webSocket = new WebSocket(address, { perMessageDeflate: false });
  const waiting = new Map<number, (reply: Acknowledged) => void>();
  let nextId = 0;

  const socket: LoadSocket = {
    send(event, payload, answered) {
      const id = nextId++;
      waiting.set(id, answered);
      webSocket.send(`42${id}${JSON.stringify([event, payload])}`);
    },
    ask: (event, payload) =>
      new Promise((resolve, reject) => {
        socket.send(event, payload, (reply) => {
          if (reply.ok) resolve(reply.value);
          else reject(new Error(`${event} was refused: ${reply.code} ${reply.message}`));
        });
      }),
    onEvent: () => {},
    get closed() {
      return webSocket.readyState !== WebSocket.OPEN;
    },
    close: () => webSocket.close(),
  };

  return new Promise((resolve, reject) => {
    webSocket.on('error', reject);
    webSocket.on('close', () => reject(new Error('the server closed the connection')));
    webSocket.on('message', (data: Buffer) => {
      if (data.equals(latest.data)) return socket.onEvent(latest.event, latest.payload, data.length);
      const text = data.toString();
      if (text.startsWith('42')) {
        const [event, payload] = JSON.parse(text.slice(2)) as [string, unknown];
        if (data.length > LONG) latest = { data, event, payload };
        socket.onEvent(event, payload, data.length);
      } else if (text.startsWith('43')) {
        const start = text.indexOf('[');
        const id = Number(text.slice(2, start));
        const [reply] = JSON.parse(text.slice(start)) as [Acknowledged];
        waiting.get(id)?.(reply);
        waiting.delete(id);
      } else if (text === '2') webSocket.send('3');
      else if (text.startsWith('0')) webSocket.send(`40${auth === undefined ? '' : JSON.stringify(auth)}`);
      else if (text.startsWith('40')) resolve(socket);
      else if (text.startsWith('44')) reject(new Error(`the server refused the connection: ${text.slice(2)}`));
    });
  });
}
