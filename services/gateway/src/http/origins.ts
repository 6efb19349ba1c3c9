/** On a developer's machine pages come from any port. */
const localPage = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Which pages may use the gateway. A request without an origin does not come from a page; a page that this gateway
 * served is always allowed.
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
