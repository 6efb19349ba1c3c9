import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip, constants as zlib } from 'node:zlib';
import type { Answer } from './answer.ts';
import { notBuiltPage } from './plain-page.ts';

/** The folder of the apps, in a clone and in an image. */
export const APPS_FOLDER = fileURLToPath(new URL('../../../../apps', import.meta.url));

/** Paths of pages, and the built file of each. */
const PAGES = new Map([
  ['/', 'web-chat/dist/index.html'],
  ['/widget', 'web-chat/dist/widget.html'],
  ['/agent', 'agent-console/dist/agent.html'],
  ['/admin', 'agent-console/dist/admin.html'],
]);
/** The only page that other sites may frame. */
const FRAME = '/widget';
/** The script that other sites load. */
const SCRIPT = '/widget.js';
const DISTS: readonly string[] = ['web-chat/dist', 'agent-console/dist'];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};
const COMPRESSIBLE = /^(?:text|application|image\/svg)/;
const SMALLEST_TO_COMPRESS = 1_024;
/** A new build is noticed within this time. */
const LOOK_EVERY_MS = 1_000;

const compress = { br: promisify(brotliCompress), gzip: promisify(gzip) };
type Encoding = keyof typeof compress;

interface BuiltFile {
  path: string;
  type: string;
  version: string;
}

interface Body {
  plain: Buffer;
  etag: string;
  encoded: Map<Encoding, Promise<Buffer>>;
}

/**
 * The built pages and their files. Only files that were found in the build folders are served, by their exact names: a
 * path of a request is never joined with a path of the file system.
 * @param frameAncestors origins whose pages may frame the widget; any when undefined
 */
export function createPages(options: { apps: string; frameAncestors: readonly string[] | undefined }) {
  const bodies = new Map<string, Promise<Body>>();
  let looked = { at: Number.NEGATIVE_INFINITY, files: Promise.resolve(new Map<string, BuiltFile>()) };

  const files = (): Promise<Map<string, BuiltFile>> => {
    const now = performance.now();
    if (now - looked.at > LOOK_EVERY_MS) looked = { at: now, files: findFiles(options.apps) };
    return looked.files;
  };
  const bodyOf = (file: BuiltFile): Promise<Body> => {
    const known = bodies.get(file.path + file.version);
    if (known !== undefined) return known;
    // The previous version of the file is no longer needed.
    for (const key of bodies.keys()) if (key.startsWith(file.path)) bodies.delete(key);
    const reading = readBody(file);
    bodies.set(file.path + file.version, reading);
    reading.catch(() => bodies.delete(file.path + file.version));
    return reading;
  };

  /** The file at a path; undefined when there is none. */
  return async (path: string, asked: IncomingHttpHeaders): Promise<Answer | undefined> => {
    const file = (await files()).get(path);
    if (file === undefined) return PAGES.has(path) ? notBuiltPage(path === '/' ? 200 : 503) : undefined;
    const { plain, etag, encoded } = await bodyOf(file);
    const headers: Record<string, string> = {
      etag,
      vary: 'accept-encoding',
      'cache-control': cacheControl(path),
      ...(PAGES.has(path) && pageHeaders(path, options.frameAncestors)),
      ...(path === SCRIPT && { 'cross-origin-resource-policy': 'cross-origin' }),
    };
    if (asked['if-none-match'] === etag) return { status: 304, headers };
    const encoding = encodingFor(file, plain, asked['accept-encoding']);
    if (encoding === undefined) return { status: 200, type: file.type, body: plain, headers };
    let body = encoded.get(encoding);
    if (body === undefined) {
      body = compressed(plain, encoding);
      encoded.set(encoding, body);
    }
    return { status: 200, type: file.type, body: await body, headers: { ...headers, 'content-encoding': encoding } };
  };
}
export type Pages = ReturnType<typeof createPages>;

async function findFiles(apps: string): Promise<Map<string, BuiltFile>> {
  const found = new Map<string, BuiltFile>();
  for (const dist of DISTS) {
    const folder = join(apps, dist);
    // Not built yet: no files, and no error.
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const type = TYPES[extname(entry.name)];
      if (!entry.isFile() || type === undefined) continue;
      const path = join(entry.parentPath, entry.name);
      const { mtimeMs, size } = await stat(path);
      const file: BuiltFile = { path, type, version: `:${mtimeMs}:${size}` };
      const name = relative(folder, path).split(sep).join('/');
      const page = [...PAGES].find(([, built]) => built === `${dist}/${name}`)?.[0];
      found.set(page ?? `/${name}`, file);
    }
  }
  return found;
}

async function readBody({ path }: BuiltFile): Promise<Body> {
  const plain = await readFile(path);
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  return { plain, etag, encoded: new Map() };
}

/** Files named by their content hash never change. Pages refer to them, so pages are revalidated each time. */
function cacheControl(path: string): string {
  if (path.startsWith('/assets/')) return 'public, max-age=31536000, immutable';
  return path === SCRIPT ? 'public, max-age=600, stale-while-revalidate=86400' : 'no-cache';
}

function pageHeaders(path: string, frameAncestors: readonly string[] | undefined): Record<string, string> {
  const framed = path === FRAME;
  const ancestors = framed ? (frameAncestors === undefined ? ['*'] : ["'self'", ...frameAncestors]) : ["'none'"];
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${ancestors.join(' ')}`,
    // Pages create nodes, never HTML from strings; the browser enforces it.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
    // '' removes a default header.
    // A page that is isolated from other origins holds only frames that are, too.
    ...(framed && {
      'x-frame-options': '',
      'cross-origin-resource-policy': 'cross-origin',
      'cross-origin-embedder-policy': 'require-corp',
    }),
  };
}

function encodingFor(file: BuiltFile, plain: Buffer, accepted: string | string[] | undefined): Encoding | undefined {
  if (plain.length < SMALLEST_TO_COMPRESS || !COMPRESSIBLE.test(file.type)) return undefined;
  const list = String(accepted ?? '').split(',');
  const accepts = (name: string) =>
    list.some((one) => one.trim().split(';')[0] === name && !/;\s*q=0(?:\.0*)?\s*$/.test(one));
  if (accepts('br')) return 'br';
  return accepts('gzip') ? 'gzip' : undefined;
}

function compressed(plain: Buffer, encoding: Encoding): Promise<Buffer> {
  // Once for each file, so it may be slow.
  return encoding === 'br'
    ? compress.br(plain, { params: { [zlib.BROTLI_PARAM_QUALITY]: zlib.BROTLI_MAX_QUALITY } })
    : compress.gzip(plain, { level: 9 });
}
