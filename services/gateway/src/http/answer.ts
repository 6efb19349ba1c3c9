/** What an HTTP request is answered with. */
export interface Answer {
  status: number;
  type?: string;
  body?: string | Buffer;
  /** Pages of other origins that may connect may read this as well. */
  readableByPages?: boolean;
  /** In place of the usual ones; an empty one is left out. */
  headers?: Record<string, string>;
}
