import { createServer } from 'node:net';
import getPort from 'get-port';
import { portHolder } from './port-holder.ts';

/** Ports from 32768 up are ephemeral: an outgoing socket can take one between our look and the server's bind. */
const LOWEST = 20_000;
const HIGHEST = 32_700;

/**
 * A free TCP port on loopback, below the ephemeral range and not given to another caller of this process.
 * @param preferred taken when free, so that URLs stay the same from one start to the next
 */
export async function freePort(preferred?: number): Promise<number> {
  // A random start keeps processes that look at the same time (parallel test runs) apart.
  const begin = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
  const candidates = Array.from({ length: 200 }, (_, i) => LOWEST + ((begin - LOWEST + i) % (HIGHEST - LOWEST)));
  return getPort({
    host: '127.0.0.1',
    port: preferred === undefined ? candidates : [preferred, ...candidates],
  });
}

/** The first of these ports that is free; if none, any such port. */
export async function firstFreePort(wanted: readonly number[]): Promise<number> {
  for (const port of wanted) if (await canListen(port)) return port;
  for (;;) {
    const port = await freePort();
    if (await canListen(port)) return port;
  }
}

/**
 * Makes sure that each service can have its port.
 * @throws naming the port, its service, and the variable that moves it
 */
export async function refuseTakenPorts(
  wanted: readonly { name: string; ports: readonly { port: number; variable: string }[] }[],
): Promise<void> {
  const each = wanted.flatMap(({ name, ports }) => ports.map((one) => ({ name, ...one })));
  for (const { name, port, variable } of each) {
    if (await canListen(port)) continue;
    const holder = await portHolder(port);
    const who = holder
      ? `${holder.command} (process ${holder.pid}${holder.folder ? `, started in ${holder.folder}` : ''})`
      : 'another program';
    throw new Error(
      `Port ${port}, which ${name} needs, is taken by ${who}. ` +
        `Stop that program, or choose another port: ${variable}=${await freePort()} npm start`,
    );
  }
}

/** Whether nobody listens on the port. Some systems let one server bind all addresses and another bind one of them. */
async function canListen(port: number): Promise<boolean> {
  return (await canListenAt(port, undefined)) && (await canListenAt(port, '127.0.0.1'));
}

function canListenAt(port: number, host: string | undefined): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
