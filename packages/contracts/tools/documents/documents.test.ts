import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import asyncApiSchemas from '@asyncapi/specs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { wireModel } from '../wire/wire-model.ts';
import { headingAnchors } from './api-reference.ts';
import { documents } from './documents.ts';
import { guideNames } from './guide-names.ts';

const root = join(import.meta.dirname, '../../../..');
const generated = documents();
const text = (path: string) => generated.get(path) ?? expect.fail(`${path} is not generated`);

describe('generated files', () => {
  it.each([...generated.keys()])('%s is current', (path) => {
    const current = readFileSync(join(root, path), 'utf8') === text(path);
    expect(current, `${path} is stale: pnpm contracts:generate`).toBe(true);
  });

  it('come out the same every time', () => {
    expect(documents()).toEqual(generated);
  });
});

describe('docs/asyncapi.yaml', () => {
  const document = parse(text('docs/asyncapi.yaml')) as { operations: Record<string, unknown> };

  it('is a valid AsyncAPI 3.0 document', () => {
    const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, validateFormats: false, allErrors: true });
    const validate = ajv.compile(asyncApiSchemas.schemas['3.0.0'] as object);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('refers only to what it contains', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
    const missing = references.filter((path) => {
      let at: unknown = document;
      for (const key of path.split('/')) at = (at as Record<string, unknown> | undefined)?.[key];
      return at === undefined;
    });
    expect(references.length).toBeGreaterThan(200);
    expect(missing).toEqual([]);
  });

  it('has every endpoint, channel and socket event', () => {
    const model = wireModel();
    const names = [
      ...Object.keys(model.endpoints),
      ...Object.keys(model.events).map((kind) => `event.${kind}`),
      ...Object.keys(model.live).map((kind) => `live.${kind}`),
      ...Object.keys(model.hints).map((kind) => `hint.${kind}`),
      ...Object.keys(model.clientEvents).map((name) => `client.${name}`),
      ...Object.keys(model.serverEvents).map((name) => `server.${name}`),
    ];
    expect(Object.keys(document.operations)).toEqual(names);
  });
});

describe('docs/api.md', () => {
  const page = text('docs/api.md');

  it('links only to headings that it has', () => {
    const anchors = new Set(headingAnchors(page).map(({ anchor }) => anchor));
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter((link) => !anchors.has(link))).toEqual([]);
  });

  it('names the endpoint for every operation of the guide', () => {
    const { endpoints, clientEvents } = wireModel();
    const ours = Object.values(guideNames).flatMap((names) => Object.values(names).map(({ here }) => here));
    expect(ours.filter((name) => (endpoints[name] ?? clientEvents[name]) === undefined)).toEqual([]);
    expect(Object.keys(guideNames.database)).toHaveLength(13);
    expect(Object.keys(guideNames.chat)).toHaveLength(13);
    expect(Object.keys(guideNames.queue)).toHaveLength(10);
  });

  it('shows JSON that is JSON', () => {
    const blocks = [...page.matchAll(/```json\n([\s\S]*?)\n```/g)].map(([, block = '']) => block);
    expect(blocks.length).toBeGreaterThan(100);
    // The two shapes of an answer stand in one block, each on lines of its own.
    for (const block of blocks)
      for (const value of block.split(/\n(?=\{)/)) expect(() => JSON.parse(value)).not.toThrow();
  });
});

describe('docs/guide.md', () => {
  const page = readFileSync(join(root, 'docs/guide.md'), 'utf8');
  const model = wireModel();

  it('names endpoints and events that there are', () => {
    const endpoints = [...page.matchAll(/`chat\.((?:session|queue|ai|gateway)\.\w+)/g)].map(([, name = '']) => name);
    const events = [...page.matchAll(/`((?:customer|agent|admin|session|message|status|stats|queue):\w+)`/g)].map(
      ([, name = '']) => name,
    );
    expect(endpoints.length).toBeGreaterThan(30);
    expect(events.length).toBeGreaterThan(20);
    expect(endpoints.filter((name) => model.endpoints[name] === undefined)).toEqual([]);
    const known = { ...model.clientEvents, ...model.serverEvents };
    expect(events.filter((name) => known[name] === undefined)).toEqual([]);
  });

  it('has a line for every operation of the guide', () => {
    const operations = Object.values(guideNames).flatMap((names) => Object.keys(names));
    const ours = new Set(['releaseSession']);
    expect(operations.filter((name) => !ours.has(name) && !page.includes(`\`${name}(`))).toEqual([]);
  });
});
