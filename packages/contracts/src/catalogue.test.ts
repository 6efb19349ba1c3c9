import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Channel,
  catalogue,
  type Endpoint,
  errorCodes,
  sessionStatus,
  socketCodes,
  subjects,
  transitions,
  universalCodes,
} from './index.ts';

const sorted = (values: Iterable<string>) => [...values].sort((a, b) => a.localeCompare(b));
const endpoints = catalogue.services.flatMap((api) =>
  Object.entries(api.endpoints).map(([key, one]): [string, Endpoint] => [`${api.name}.${key}`, one]),
);

describe('[C1] changes of control', () => {
  it('are those of the promise and nothing else', () => {
    const pairs = Object.entries(transitions).flatMap(([from, tos]) => tos.map((to) => `${from} → ${to}`));
    expect(sorted(pairs)).toEqual(
      sorted([
        'bot → waiting',
        'waiting → agent',
        'waiting → bot',
        'agent → waiting',
        'agent → agent',
        'bot → closed',
        'waiting → closed',
        'agent → closed',
      ]),
    );
  });

  it('name every state', () => {
    expect(sorted(Object.keys(transitions))).toEqual(sorted(sessionStatus.options));
  });
});

describe('codes', () => {
  const known = new Set(Object.keys(errorCodes));
  const refusing: [string, readonly string[]][] = [
    ...endpoints.map(([name, { refusals }]): [string, readonly string[]] => [name, refusals]),
    ...Object.entries(catalogue.clientEvents).map(([name, { refusals }]): [string, readonly string[]] => [
      name,
      refusals,
    ]),
    ['universal', universalCodes],
    ['every socket', socketCodes],
  ];

  it.each(refusing)('%s refuses only with codes of the closed list, each once', (_, refusals) => {
    expect(refusals.filter((code) => !known.has(code))).toEqual([]);
    expect(new Set(refusals).size).toBe(refusals.length);
  });

  it('no endpoint declares again what every endpoint may answer', () => {
    const universal = new Set<string>(universalCodes);
    const repeated = refusing.slice(0, -2).filter(([, refusals]) => refusals.some((code) => universal.has(code)));
    expect(repeated).toEqual([]);
  });

  it('each has a meaning, and somebody gives it', () => {
    // ALREADY_ANSWERED is the result of one message of an append, which has codes of its own.
    const given = new Set(['ALREADY_ANSWERED', 'TOO_LARGE', ...refusing.flatMap(([, refusals]) => refusals)]);
    expect(Object.keys(errorCodes).filter((code) => !given.has(code))).toEqual([]);
    for (const meaning of Object.values(errorCodes)) expect(meaning).toMatch(/^[A-Z].*\.$/s);
  });
});

describe('names', () => {
  it('every subject is of plain tokens, and no two are alike', () => {
    const at = subjects('root');
    const all = catalogue.services.flatMap((api) =>
      Object.keys(api.endpoints).map((key) => at.endpoint(api, key as never)),
    );
    for (const subject of all) expect(subject).toMatch(/^root\.[a-z]+\.[a-zA-Z]+$/);
    expect(new Set(all).size).toBe(all.length);
  });

  const published = Object.entries(catalogue.channels).flatMap(([group, members]) =>
    Object.entries(members).map(([kind, one]): [string, Channel] => [`${group}.${kind}`, one]),
  );

  it.each(published)('the keys of the channel %s are the first and the last token of its subject', (name, one) => {
    const tokens = one.subject.split('.');
    expect(`${tokens[0]}.${tokens.at(-1)}`).toBe(name);
  });

  it.each(published)('%s says what it tells in whole sentences', (_, { summary }) => {
    expect(summary).toMatch(/^[A-Z].*[.]$/s);
  });

  it('no two channels have a subject in common with each other or with a request', () => {
    const requests = catalogue.services.flatMap((api) => Object.keys(api.endpoints).map((key) => `${api.name}.${key}`));
    const all = [...requests, ...published.map(([, { subject }]) => subject)];
    expect(new Set(all).size).toBe(all.length);
  });

  it('every event says what makes two of them one', () => {
    const events = published.filter(([, { delivery }]) => delivery === 'event');
    expect(events.filter(([, one]) => one.idempotencyKey === undefined)).toEqual([]);
  });

  it.each([...Object.entries(catalogue.clientEvents), ...Object.entries(catalogue.serverEvents), ...endpoints])(
    '%s says what it does in whole sentences',
    (_, { summary }) => {
      expect(summary).toMatch(/^[A-Z].*[.\]]$/s);
    },
  );
});

describe('the contracts load anywhere', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name): [string, string] => [name, readFileSync(join(import.meta.dirname, name), 'utf8')]);

  it.each(files)('%s imports zod and its neighbours only', (_, source) => {
    const imported = [...source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name = '']) => name);
    expect(imported.filter((name) => name !== 'zod' && !name.startsWith('.'))).toEqual([]);
  });

  it('there are files to look at', () => {
    expect(files.length).toBeGreaterThan(15);
  });
});
