/** The response to an HTTP request. */
export interface Answer {
  status: number;
  type?: string;
  body?: string | Buffer;
  /** Pages of other allowed origins may read this too. */
  readableByPages?: boolean;
  /** Override the default headers; an empty value removes one. */
  headers?: Record<string, string>;
}
