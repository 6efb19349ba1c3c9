// The table of what each service may do on NATS, against the source of the services: nothing is missing, and nothing is
// allowed that nobody does.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { catalogue, channels, serviceAccess, serviceNames } from '../../packages/contracts/src/index.ts';

const root = join(import.meta.dirname, '../..');
const endpointsOf = new Map<string, readonly string[]>(
  catalogue.services.map(({ name, endpoints }) => [name, Object.keys(endpoints)]),
);

function sourceOf(service: string): string {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', `services/${service}/src`],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  return listed
    .split('\n')
    .filter((file) => /\.ts$/.test(file) && !/\.test\.ts$|\/test\/|\/generated\//.test(file))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
}
const sources = new Map(serviceNames.map((name) => [name, sourceOf(name)]));
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found);
const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

it.each(serviceNames)('[S4] %s requests what its row names', (service) => {
  const source = sources.get(service) ?? '';
  const called = matches(source, /\.caller\((\w+)Api\)/g);
  const requested = called.flatMap((api) =>
    matches(source, new RegExp(`\\b${api}\\??\\.(\\w+)\\b`, 'g'))
      .filter((key) => endpointsOf.get(api)?.includes(key))
      .map((key) => `${api}.${key}`),
  );
  expect(sorted(requested)).toEqual(serviceAccess[service].requests);
});

it.each(serviceNames)('[S4] %s publishes and asks on the channels that its row names', (service) => {
  const published = matches(sources.get(service) ?? '', /\.(?:publish|ask)\(\s*channels\.(\w+\.\w+)/g);
  expect(sorted(published)).toEqual(serviceAccess[service].publishes);
});

it.each(serviceNames)('[S4] %s subscribes to the channels, groups and events that its row names', (service) => {
  const source = sources.get(service) ?? '';
  const { subscribes, subscribesToAll, consumes } = serviceAccess[service];
  expect(sorted(matches(source, /\.subscribe\(\s*channels\.(\w+\.\w+)/g))).toEqual(subscribes);
  expect(sorted(matches(source, /\.subscribeAll\(\s*channels\.(\w+)/g))).toEqual(subscribesToAll);
  const consumed = [...source.matchAll(/\.consume\(\s*channels\.(\w+\.\w+),\s*\{\s*durable: '([\w-]+)'/g)];
  expect(Object.fromEntries(consumed.map(([, channel, durable]) => [durable, channel]))).toEqual(consumes);
});

it('there is something to compare', () => {
  expect(Object.keys(channels).length).toBeGreaterThan(3);
  expect(sources.get('gateway')?.length).toBeGreaterThan(10_000);
});
