import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface Size {
  /** What a visitor's browser loads before the chat is there. */
  what: string;
  files: { name: string; gzipped: number }[];
  /** Bytes over the network, with gzip; br is smaller. */
  gzipped: number;
  limit: number;
}

const kB = 1_000;

/**
 * The first load of each page of a built folder: the page, and the scripts and styles that it names or preloads; and
 * what is loaded when a chat has begun.
 */
export async function measure(dist: string): Promise<Size[]> {
  const page = async (what: string, file: string, limit: number): Promise<Size> => {
    const html = await readFile(join(dist, file), 'utf8');
    const named = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path = '']) => path);
    return sizeOf(what, [file, ...new Set(named)], limit);
  };
  const sizeOf = async (what: string, names: string[], limit: number): Promise<Size> => {
    const files = await Promise.all(
      names.map(async (name) => ({ name, gzipped: gzipSync(await readFile(join(dist, name)), { level: 9 }).length })),
    );
    return { what, files, gzipped: files.reduce((sum, { gzipped }) => sum + gzipped, 0), limit };
  };
  const assets = await readdir(join(dist, 'assets'));
  const reader = assets.filter((name) => /^bot-.*\.js$/.test(name)).map((name) => `assets/${name}`);
  if (reader.length === 0) throw new Error('what reads Markdown is not a file of its own');
  return [
    await page('full page', 'index.html', 60 * kB),
    await page("widget's frame", 'widget.html', 60 * kB),
    await sizeOf('what reads Markdown, once a chat has begun', reader, 45 * kB),
    await sizeOf("widget's script", ['widget.js'], 5 * kB),
  ];
}

export function report(sizes: readonly Size[]): string {
  const inKB = (bytes: number): string => `${(bytes / kB).toFixed(1)} kB`.padStart(8);
  const lines = sizes.flatMap(({ what, files, gzipped, limit }) => [
    `${what.padEnd(44)}${inKB(gzipped)}  of at most ${inKB(limit).trim()}, gzipped`,
    ...(files.length > 1 ? files.map((file) => `  ${file.name.padEnd(42)}${inKB(file.gzipped)}`) : []),
  ]);
  return `${lines.join('\n')}\n`;
}
