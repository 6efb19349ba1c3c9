import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../src/project.ts';

const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
const explained = new Set([...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name));

const folders = ['packages/runtime', ...readdirSync(join(ROOT, 'services')).map((name) => `services/${name}`)];

it.each(folders)('.env.example explains each variable that %s reads', (folder) => {
  const config = readFileSync(join(ROOT, folder, 'src/config.ts'), 'utf8');
  const read = [...config.matchAll(/^ +([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name);
  expect(read.length).toBeGreaterThan(0);
  const ofOneProcess = new Set(['HEALTH_PORT']);
  expect(read.filter((name) => !explained.has(name) && !ofOneProcess.has(name ?? ''))).toEqual([]);
});
