const LONGEST = 60;

/**
 * The part of a migration's folder that people read.
 * @throws when no character of it can be part of a file name
 */
export function migrationName(words: string): string {
  const name = words
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
    .join('_')
    .slice(0, LONGEST);
  if (name === '') throw new Error('A migration needs a name of letters and digits, as in: pnpm db:generate add_tags');
  return name;
}

/** Migrations are applied in the order of their names. */
export function withTimestamp(name: string, now: Date): string {
  return `${now.toISOString().slice(0, 19).replaceAll(/\D/g, '')}_${name}`;
}

/** Statements that lose data: a person must confirm them. */
export function losesData(sql: string): string[] {
  return sql.split('\n').filter((line) => /\bDROP (TABLE|COLUMN|TYPE)\b|\bTRUNCATE\b/i.test(line));
}
