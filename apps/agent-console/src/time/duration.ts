/** From here on the seconds no longer matter. */
const CLOCK_SECONDS = 5 * 60;

/**
 * How long something took or takes, in the one form that pages show: '0:06', '4:59', '5 min', '1 h 20 min', '3 d'. The
 * length alone decides how fine it is. Never negative, and never more than has passed.
 */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  if (seconds < CLOCK_SECONDS) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} d`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
