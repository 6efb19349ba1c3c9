import type { z } from 'zod';

/**
 * How what is published reaches those who listen.
 *
 * `notification`: plain NATS, at most once. Losing one costs seconds, until a reconciler or the next one makes up for
 * it.
 * `event`: JetStream, at least once to each durable consumer. Handlers are idempotent.
 * `request`: plain NATS with an empty reply, from any subscriber that has what is asked for.
 */
export type Delivery = 'notification' | 'event' | 'request';

/** A typed subject: who may publish what, under which name, and how it is delivered. */
export interface Channel<
  Subject extends string = string,
  Payload extends z.ZodType = z.ZodType,
  Kind extends Delivery = Delivery,
> {
  /** What it tells, in a sentence; shown in docs/api.md. */
  summary: string;
  /** After the root of the installation; `<name>` stands for a parameter, which is one whole token. */
  subject: Subject;
  payload: Payload;
  delivery: Kind;
  /** Of an event: publications with the same id within two minutes are one. */
  idempotencyKey?(payload: z.output<Payload>): string;
}

export function channel<const Subject extends string, Payload extends z.ZodType, Kind extends Delivery>(
  definition: Channel<Subject, Payload, Kind>,
): Channel<Subject, Payload, Kind> {
  return definition;
}

type ParametersIn<Subject extends string> = Subject extends `${string}<${infer Name}>${infer Rest}`
  ? Name | ParametersIn<Rest>
  : never;
/** A value for each parameter of the subject. */
export type ChannelParams<C extends Channel> = Record<ParametersIn<C['subject']>, string>;
export type ChannelPayload<C extends Channel> = z.output<C['payload']>;

/**
 * The subject of a channel. A parameter without a value becomes `*`, which matches every value.
 * @throws RangeError when a value is not one token: it would be another subject, or a pattern.
 */
export function subjectOf<C extends Channel>(root: string, { subject }: C, params: Partial<ChannelParams<C>>): string {
  const values: Record<string, string | undefined> = params;
  let result = root;
  for (const part of partsOf(subject)) result += part.parameter ? `.${tokenOf(values[part.name])}` : `.${part.name}`;
  return result;
}

/** The parameters in a subject that matches the channel's. */
export function paramsOf<C extends Channel>(channel: C, subject: string): ChannelParams<C> {
  const parts = partsOf(channel.subject);
  // The root is one token.
  const tokens = subject.split('.').slice(1);
  const found = parts.flatMap(({ name, parameter }, index) => (parameter ? [[name, tokens[index] ?? '']] : []));
  // One for each parameter of the subject, which is what the type says.
  return Object.fromEntries(found) as ChannelParams<C>;
}

/** What tells a channel from its neighbours: the last token of its subject. */
export const kindOf = (subject: string): string => subject.slice(subject.lastIndexOf('.') + 1);

interface Part {
  name: string;
  parameter: boolean;
}
const known = new Map<string, readonly Part[]>();

/** Read once for each pattern, as subjects are built for every message. */
function partsOf(pattern: string): readonly Part[] {
  let parts = known.get(pattern);
  if (parts === undefined) {
    parts = pattern.split('.').map((token) => {
      const parameter = token.startsWith('<');
      return { name: parameter ? token.slice(1, -1) : token, parameter };
    });
    known.set(pattern, parts);
  }
  return parts;
}

function tokenOf(value: string | undefined): string {
  if (value === undefined) return '*';
  if (value === '' || /[.*>\s]/.test(value)) throw new RangeError('a parameter of a subject must be one token');
  return value;
}
