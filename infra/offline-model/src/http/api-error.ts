export interface ErrorDetail {
  readonly type?: string;
  readonly param?: string | null;
  readonly code?: string | null | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a refused request is told, in the shape and with the words OpenAI's clients look for. */
export class ApiError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: { message: string; type: string; param: string | null; code: string | null } };

  constructor(status: number, message: string, detail: ErrorDetail = {}) {
    super(message);
    const { type = status >= 500 ? 'server_error' : 'invalid_request_error', param = null, code = null } = detail;
    this.status = status;
    this.headers = detail.headers ?? {};
    this.body = { error: { message, type, param, code } };
  }
}

export const serverError = (status = 500): ApiError =>
  new ApiError(status, 'The server had an error while processing your request. Sorry about that!');
