import type { Server } from 'node:http';

/**
 * Listens, and returns the port: the given one, or the one that the system chose for 0.
 * @throws when the port is taken, naming it.
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`PORT: port ${port} is taken`) : error),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
