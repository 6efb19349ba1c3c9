import type { EndpointKey, ServiceApi } from './endpoint.ts';

/** First token of every subject, unless an installation sets its own so that several can share one NATS. */
export const DEFAULT_SUBJECT_ROOT = 'chat';

/** Names of one installation on NATS, beside its channels: see `subjectOf`. `root` is one token without wildcards. */
export function subjects(root: string = DEFAULT_SUBJECT_ROOT) {
  return {
    root,
    endpoint: <Api extends ServiceApi>(api: Api, key: EndpointKey<Api>) => `${root}.${api.name}.${key}`,
    /** The JetStream stream of all events. */
    stream: root.toUpperCase(),
  };
}
export type Subjects = ReturnType<typeof subjects>;
