import { z } from 'zod';
import { capabilitySettings } from './learning/capabilities.ts';
import { providerNames } from './learning/known-providers.ts';
import { type RedactionKind, redactionKinds } from './redaction/kinds.ts';

/** Parameters that the service sets itself. */
const OWN_PARAMETERS = [
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'max_tokens',
  'max_completion_tokens',
];
const MAX_LOAD_MS = 600_000;

/** An object that is written as JSON. */
const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' });
    return z.NEVER;
  }
});

const KINDS_OR = [...redactionKinds, 'all', 'none'].join(', ');

/** [S9] `all`, `none`, or kinds with commas between. */
const kindsToRedact = z.string().transform((text, context): readonly RedactionKind[] => {
  if (text === 'all') return redactionKinds;
  if (text === 'none') return [];
  const names = text.split(',').map((name) => name.trim());
  const kinds = redactionKinds.filter((kind) => names.includes(kind));
  if (kinds.length === new Set(names).size) return kinds;
  context.addIssue({ code: 'custom', message: `must be some of ${KINDS_OR}, with commas between` });
  return z.NEVER;
});

/** Settings of the endpoint and its model. Without them everything is learnt, or has a default. */
export const modelSettings = {
  /** A row of the table of known providers; unset: by the address. */
  MODEL_PROVIDER: z
    .string()
    .refine((name) => providerNames.includes(name), `must be one of ${providerNames.join(', ')}`)
    .optional(),
  /** Capabilities of the endpoint, which take precedence over known ones; see docs/models.md. */
  MODEL_CAPABILITIES: json.pipe(capabilitySettings).optional(),
  /** Further parameters of each request, such as a temperature. */
  MODEL_PARAMETERS: json
    .pipe(z.record(z.string(), z.unknown(), 'must be a JSON object'))
    .refine((given) => OWN_PARAMETERS.every((name) => !(name in given)), {
      message: `must not have ${OWN_PARAMETERS.join(', ')}: the service sets them itself`,
    })
    .optional(),
  /** [S9] What is replaced in requests; unset: everything, unless the endpoint is on this machine or a private network. */
  REDACT: kindsToRedact.optional(),
  /** How long a loading model is waited for; unset: as the provider is known. */
  MODEL_LOAD_TIMEOUT_MS: z.coerce
    .number(`must be a whole number from 0 to ${MAX_LOAD_MS}`)
    .int(`must be a whole number from 0 to ${MAX_LOAD_MS}`)
    .min(0, 'must be at least 0')
    .max(MAX_LOAD_MS, `must be at most ${MAX_LOAD_MS}`)
    .optional(),
};
