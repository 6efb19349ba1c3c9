import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The last ports of this clone, by owner. They are reused when free, so that addresses stay. */
export interface RememberedPorts {
  get: (name: string) => number | undefined;
  set: (name: string, port: number) => void;
}

export function rememberedPorts(data: string): RememberedPorts {
  const file = join(data, 'ports.json');
  return {
    get: (name) => read(file)[name],
    set: (name, port) => {
      const known = read(file);
      if (known[name] === port) return;
      try {
        mkdirSync(data, { recursive: true });
        writeFileSync(file, `${JSON.stringify({ ...known, [name]: port }, undefined, 2)}\n`);
      } catch {
        // A full disk: the next start may choose others.
      }
    },
  };
}

function read(file: string): Record<string, number> {
  try {
    const known: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof known !== 'object' || known === null) return {};
    const ports = Object.entries(known).filter((entry): entry is [string, number] => Number.isInteger(entry[1]));
    return Object.fromEntries(ports.filter(([, port]) => port > 0 && port <= 65_535));
  } catch {
    // None yet, or damaged.
    return {};
  }
}
