import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../measures/measure.ts';

/** Results of one day, one file each, in bench/history. */
export interface Kept {
  /** ISO 8601. */
  at: string;
  machine: { platform: string; arch: string; cores: number; node: string };
  /** By the name of the measurement. */
  results: Record<string, Pick<Result, 'what' | 'value' | 'unit' | 'p99'>[]>;
}

const NAME = /^\d{4}-\d\d-\d\dT\d{6}Z\.json$/;

/** Leaves results with three digits that count, so that a file stays small. @returns the path of the file */
export async function keep(folder: string, kept: Kept): Promise<string> {
  const file = join(folder, `${kept.at.slice(0, 19).replaceAll(':', '')}Z.json`);
  const results = Object.entries(kept.results).map(([name, list]) => [name, list.map(brief)]);
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify({ ...kept, results: Object.fromEntries(results) }, null, 1)}\n`);
  return file;
}

/**
 * The last kept value of each result of a measurement, by what it is. Each measurement has its own last file, since a
 * run may be of some only.
 */
export async function lastKept(folder: string, measurement: string): Promise<ReadonlyMap<string, number>> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names
    .filter((one) => NAME.test(one))
    .sort()
    .reverse()) {
    const kept: Kept = JSON.parse(await readFile(join(folder, name), 'utf8'));
    const results = kept.results[measurement];
    if (results !== undefined) return new Map(results.map(({ what, value }) => [what, value]));
  }
  return new Map();
}

const brief = ({ what, value, unit, p99 }: Kept['results'][string][number]) => ({
  what,
  value: Number(value.toPrecision(3)),
  unit,
  ...(p99 !== undefined && { p99: Number(p99.toPrecision(3)) }),
});
