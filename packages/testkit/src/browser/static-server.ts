import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface StaticServer {
  /** Its origin. */
  url: string;
  close: () => Promise<void>;
}

export interface StaticServerOptions {
  /** A folder to serve from. For tests: nobody else may reach it. */
  folder?: string;
  /** Texts by path, before the folder. */
  texts?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
}

/** Serves files on a port of its own: somebody else's web site, as far as Baton is concerned. */
export async function startStaticServer({
  folder,
  texts = {},
  headers = {},
}: StaticServerOptions): Promise<StaticServer> {
  const read = async (path: string): Promise<string | Buffer | undefined> => {
    // Browsers ask for it unasked.
    if (path === '/favicon.ico') return '';
    const text = texts[path];
    if (text !== undefined || folder === undefined) return text;
    return readFile(join(folder, normalize(path))).catch(() => undefined);
  };
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '/';
    read(path)
      .then((body) => {
        const type = TYPES[extname(path)] ?? 'text/html; charset=utf-8';
        response.writeHead(body === undefined ? 404 : 200, { 'content-type': type, ...headers });
        response.end(body);
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the static server does not listen');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
