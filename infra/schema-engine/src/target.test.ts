import { describe, expect, it } from 'vitest';
import { readTarget, withDatabase } from './target.ts';

describe('readTarget', () => {
  it('reads a URL with nothing but the necessary', () => {
    expect(readTarget('postgresql://ada:p%40ss@db.example')).toEqual({
      connectionString: 'postgresql://ada:p%40ss@db.example',
      host: 'db.example',
      port: 5432,
      database: 'postgres',
      schema: 'public',
      connectTimeoutMs: 5000,
    });
  });

  it("takes out Prisma's own parameters and leaves Postgres'", () => {
    const target = readTarget(
      'postgres://h:6000/d?schema=chat&connect_timeout=7&connection_limit=3&sslmode=require&application_name=x',
    );
    expect(target).toMatchObject({ port: 6000, database: 'd', schema: 'chat', connectTimeoutMs: 7000 });
    expect(target.connectionString).toBe('postgres://h:6000/d?sslmode=require&application_name=x');
  });

  it('reads the folder of a Unix socket', () => {
    expect(readTarget('postgres://localhost/d?host=/run/postgresql').host).toBe('/run/postgresql');
  });

  it.each(['not a url', 'mysql://h/d'])('refuses %j without repeating it', (url) => {
    expect(() => readTarget(url)).toThrow(/URL/);
    expect(() => readTarget(url)).not.toThrow(url);
  });

  it('changes nothing but the database', () => {
    const other = withDatabase(readTarget('postgres://a:b@h:1/d?sslmode=disable'), 'my db');
    expect(other.database).toBe('my db');
    expect(other.connectionString).toBe('postgres://a:b@h:1/my%20db?sslmode=disable');
  });
});
