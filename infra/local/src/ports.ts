import { createServer } from 'node:net';
import getPort from 'get-port';
import { portHolder } from './port-holder.ts';

/** Ports from 32768 up are ephemeral: an outgoing socket can take one between our look and the server's bind. */
const LOWEST = 20_000;
const HIGHEST = 32_700;

/**
 * A free TCP port on loopback, below the ephemeral range and not handed out by this process a moment ago.
 * @param preferred taken when free, so that URLs stay the same from one start to the next
 */
export async function freePort(preferred?: number): Promise<number> {
  // A random place to begin keeps processes that look at the same time (parallel test runs) apart.
  const begin = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
  const candidates = Array.from({ length: 200 }, (_, i) => LOWEST + ((begin - LOWEST + i) % (HIGHEST - LOWEST)));
  return getPort({
    host: '127.0.0.1',
    port: preferred === undefined ? candidates : [preferred, ...candidates],
  });
}

/** The first of these ports on which a server can listen on all addresses, as services do; if none, any such port. */
export async function firstFreePort(wanted: readonly number[]): Promise<number> {
  for (const port of wanted) if (await canListen(port)) return port;
  for (;;) {
    const port = await freePort();
    if (await canListen(port)) return port;
  }
}

/**
 * Makes sure that each service can have its port.
 * @throws naming the port, whose it is to be, and the variable that moves it
 */
export async function refuseTakenPorts(
  wanted: readonly { name: string; port: number; portVariable: string }[],
): Promise<void> {
  for (const { name, port, portVariable } of wanted) {
    if (await canListen(port)) continue;
    const holder = await portHolder(port);
    const who = holder
      ? `${holder.command} (process ${holder.pid}${holder.folder ? `, started in ${holder.folder}` : ''})`
      : 'another program';
    throw new Error(
      `Port ${port}, which ${name} needs, is taken by ${who}. ` +
        `Stop that program, or choose another port: ${portVariable}=${await freePort()} npm start`,
    );
  }
}

/** Whether a server could listen on the port, on all addresses as services do. */
function canListen(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
