/**
 * A failure as the native engine reports it: the `data` of a JSON-RPC error. Prisma's CLI prints `message`, below
 * `error_code` if there is one (https://www.prisma.io/docs/orm/reference/error-reference).
 */
export interface FailureData {
  readonly is_panic: boolean;
  readonly message: string;
  readonly error_code?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly backtrace?: string | null;
}

/** Carries a failure that is known by a code of Prisma's. */
export class KnownFailure extends Error {
  readonly code: string;
  readonly meta: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, meta: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'KnownFailure';
    this.code = code;
    this.meta = meta;
  }
}

/** The engine's WebAssembly ended in a Rust panic: its memory can no longer be trusted. */
export class EnginePanic extends Error {
  override readonly name = 'EnginePanic';
}

/** The request's parameters are not what its method takes. */
export class InvalidParams extends Error {
  override readonly name = 'InvalidParams';
}

/** Turns whatever was thrown into what the CLI can print. */
export function describeFailure(thrown: unknown): FailureData {
  if (thrown instanceof KnownFailure) {
    return { is_panic: false, message: thrown.message, meta: thrown.meta, error_code: thrown.code };
  }
  if (!(thrown instanceof Error)) return { is_panic: false, message: String(thrown), backtrace: null };
  if (thrown instanceof EnginePanic)
    return { is_panic: true, message: thrown.message, backtrace: thrown.stack ?? null };
  // Errors of the WebAssembly engine carry Prisma's code, if there is one, as a property.
  const code: unknown = Reflect.get(thrown, 'code');
  if (thrown.name === 'SchemaConnectorError' && typeof code === 'string') {
    return { is_panic: false, message: thrown.message, meta: {}, error_code: code };
  }
  return { is_panic: false, message: thrown.message, backtrace: null };
}
