import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './project.ts';

const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
const explained = new Set([...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name));

const services = readdirSync(join(ROOT, 'services'));
const files = ['packages/runtime/src/process/config.ts', ...services.map((name) => `services/${name}/src/config.ts`)];

it.each(files)('.env.example explains each variable that %s reads', (file) => {
  const config = readFileSync(join(ROOT, file), 'utf8');
  const read = [...config.matchAll(/^ +([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name);
  expect(read.length).toBeGreaterThan(0);
  const ofOneProcess = new Set(['HEALTH_PORT']);
  expect(read.filter((name) => !explained.has(name) && !ofOneProcess.has(name ?? ''))).toEqual([]);
});

it('.env.example shows the values that hold anyway', () => {
  const configs = files.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n');
  const defaults = [...configs.matchAll(/^ +([A-Z][A-Z0-9_]+): env\.(?:integer|port|flag)\(([\d_]+|true|false)\b/gm)];
  const holds = new Map(defaults.map(([, name, value = '']) => [name, value.replaceAll('_', '')]));
  const shown = [...example.matchAll(/^# ([A-Z][A-Z0-9_]+)=(\d+|true|false)$/gm)].flatMap(([, name, value]) =>
    holds.has(name) ? [[name, value]] : [],
  );
  expect(shown.length).toBeGreaterThan(20);
  expect(shown).toEqual(shown.map(([name]) => [name, holds.get(name)]));
  // The guide's pool.
  expect(holds.get('DATABASE_POOL_MAX')).toBe('20');
});
