/** How many there are of each key; a key of which there is none takes no room. */
export function createCounts() {
  const counts = new Map<string, number>();
  return {
    add(key: string): void {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    remove(key: string): void {
      const left = (counts.get(key) ?? 0) - 1;
      if (left > 0) counts.set(key, left);
      else counts.delete(key);
    },
    of: (key: string): number => counts.get(key) ?? 0,
  };
}
