import type { Agent } from '@baton/client';

/**
 * What tells agents of one name apart, by their ids: the end of the id. Agents whose name nobody else has are not in
 * it.
 * A name is not refused because somebody has it: that may be the same person, whose last page has just gone.
 */
export function namesakes(agents: readonly Pick<Agent, 'id' | 'name'>[]): ReadonlyMap<string, string> {
  const byName = new Map<string, string[]>();
  for (const { id, name } of agents) {
    const read = readAs(name);
    byName.set(read, [...(byName.get(read) ?? []), id]);
  }
  const doubled = [...byName.values()].filter((ids) => ids.length > 1).flat();
  return new Map(doubled.map((id) => [id, `#${id.slice(-4)}`]));
}

/** Without case, accents and marks, which nobody tells people apart by. */
const readAs = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
