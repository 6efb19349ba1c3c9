import {
  type CodeOf,
  type EndpointKey,
  type ParsedRequestOf,
  type Reply,
  type ReplyOf,
  type RequestOf,
  refuse,
  type ServiceApi,
  type ValueOf,
} from '@baton/contracts';

/** As `Handlers` of the runtime, on which this package does not depend. */
export type FakeHandlers<Api extends ServiceApi> = {
  [Key in EndpointKey<Api>]: (
    request: ParsedRequestOf<Api['endpoints'][Key]>,
  ) => Promise<Reply<ValueOf<Api['endpoints'][Key]>, CodeOf<Api['endpoints'][Key]>>>;
};
/** As `Caller` of the runtime. */
export type FakeCaller<Api extends ServiceApi> = {
  [Key in EndpointKey<Api>]: (request: RequestOf<Api['endpoints'][Key]>) => Promise<ReplyOf<Api['endpoints'][Key]>>;
};

/** Calls handlers without a server between, checking each request by its contract as a service does. */
export function directCaller<Api extends ServiceApi>(api: Api, handlers: FakeHandlers<Api>): FakeCaller<Api> {
  const call = async (key: EndpointKey<Api>, request: unknown): Promise<Reply<unknown>> => {
    const parsed = api.endpoints[key]?.request.safeParse(request);
    if (parsed?.success) return await handlers[key](parsed.data as ParsedRequestOf<Api['endpoints'][typeof key]>);
    const issue = parsed?.error.issues[0];
    return refuse('VALIDATION_FAILED', issue?.message ?? 'does not fit', issue?.path.join('.'));
  };
  const keys = Object.keys(api.endpoints) as EndpointKey<Api>[];
  // Built from the contract's own keys, which is what the type says.
  return Object.fromEntries(keys.map((key) => [key, (request: unknown) => call(key, request)])) as FakeCaller<Api>;
}
