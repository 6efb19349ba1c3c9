/** On a developer's machine pages come from whatever port their server has. */
const localPage = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Which pages may talk to us. Requests without an origin do not come from a page; a page that came from this very host
 * may always.
 */
export function createOriginCheck(options: { allowed: readonly string[] | undefined; production: boolean }) {
  const { allowed, production } = options;
  return (origin: string | undefined, host: string | undefined): boolean => {
    if (origin === undefined) return true;
    if (host !== undefined && (origin === `https://${host}` || origin === `http://${host}`)) return true;
    if (allowed !== undefined) return allowed.includes(origin);
    return !production && localPage.test(origin);
  };
}
export type OriginCheck = ReturnType<typeof createOriginCheck>;
