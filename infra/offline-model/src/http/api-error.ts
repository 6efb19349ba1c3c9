/** What a refused request is told, in the shape and with the words OpenAI's clients look for. */
export class ApiError extends Error {
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    detail: { type?: string; param?: string; code?: string; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.type = detail.type ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
    this.param = detail.param ?? null;
    this.code = detail.code ?? null;
    this.headers = detail.headers ?? {};
  }

  /** The JSON body: `{error: {message, type, param, code}}`. */
  body(): { error: { message: string; type: string; param: string | null; code: string | null } } {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.code } };
  }
}

/** A request parameter that cannot be used; `param` names it the way OpenAI does (`messages[2].role`). */
export function invalid(param: string, message: string, code?: string): ApiError {
  return new ApiError(400, message, { param, ...(code === undefined ? {} : { code }) });
}

/** What OpenAI says when it is its own fault. */
export function serverError(status = 500): ApiError {
  return new ApiError(status, 'The server had an error while processing your request. Sorry about that!');
}
