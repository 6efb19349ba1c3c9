import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { type Channel, catalogue } from '../../src/index.ts';
import type { JsonSchema } from '../wire/json-schema.ts';
import { wireModel } from '../wire/wire-model.ts';
import { sample } from './sample.ts';

const model = wireModel();

/** Everything with a schema: its name, the schema, and the same as the documents have it. */
const places: [string, z.ZodType, JsonSchema | undefined][] = [
  ...catalogue.services.flatMap((api) =>
    Object.entries(api.endpoints).flatMap(([key, endpoint]): [string, z.ZodType, JsonSchema | undefined][] => {
      const name = `${api.name}.${key}`;
      return [
        [`${name} request`, endpoint.request, model.endpoints[name]?.request],
        [`${name} value`, endpoint.value, model.endpoints[name]?.value],
      ];
    }),
  ),
  ...Object.values(catalogue.channels).flatMap((group) =>
    Object.values(group).map(({ subject, payload }: Channel): [string, z.ZodType, JsonSchema | undefined] => [
      `channel ${subject}`,
      payload,
      [model.events, model.live, model.hints]
        .flatMap((section) => Object.values(section))
        .find((one) => one.subject === `chat.${subject}`)?.payload,
    ]),
  ),
  ...(['clientEvents', 'serverEvents', 'http'] as const).flatMap((section) =>
    Object.entries(catalogue[section]).map(([name, { payload }]): [string, z.ZodType, JsonSchema | undefined] => [
      `${section} ${name} payload`,
      payload,
      model[section][name]?.payload,
    ]),
  ),
  ...Object.entries(catalogue.clientEvents).map(([name, { value }]): [string, z.ZodType, JsonSchema | undefined] => [
    `clientEvents ${name} value`,
    value,
    model.clientEvents[name]?.value,
  ]),
];

describe('an example built from the schema is valid', () => {
  it.each(places)('%s', (_, schema, json) => {
    for (const extent of ['required', 'all'] as const) {
      const example = sample(json ?? expect.fail('not in the model'), model.definitions, { extent });
      expect(schema.safeParse(example).error?.issues ?? []).toEqual([]);
    }
  });
});
