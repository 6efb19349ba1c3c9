import { describe, expect, it } from 'vitest';
import { readInvocation } from './invocation.ts';

describe('readInvocation', () => {
  it("reads the command line with which Prisma's CLI starts its engine", () => {
    const argv = ['--datamodels', 'a.prisma', '--datamodels', 'b.prisma', '--datasource', '{"url":"postgres://h/d"}'];
    expect(readInvocation([...argv, '--enabled-preview-features', 'views'])).toEqual({
      kind: 'rpc',
      datamodels: ['a.prisma', 'b.prisma'],
      datasource: { url: 'postgres://h/d' },
    });
  });

  it('reads the subcommands', () => {
    expect(readInvocation(['--datasource', '{"url":"u","shadowDatabaseUrl":"s"}', 'cli', 'create-database'])).toEqual({
      kind: 'subcommand',
      subcommand: 'create-database',
      datasource: { url: 'u', shadowDatabaseUrl: 's' },
    });
  });

  it('takes an empty or missing URL for none', () => {
    expect(readInvocation(['--datasource', '{"url":""}'])).toMatchObject({ datasource: {} });
    expect(readInvocation([])).toEqual({ kind: 'rpc', datamodels: [], datasource: {} });
  });

  it.each([
    [['cli', 'vacuum'], 'Unknown command "cli vacuum"'],
    [['introspect'], 'Unknown command "introspect"'],
    [['--datasource', 'postgres://user:secret@h/d'], '--datasource is not JSON.'],
    [['--datasource', '7'], '--datasource is not a JSON object.'],
    [['--colour'], "Unknown option '--colour'"],
  ])('refuses %j', (argv, message) => {
    expect(() => readInvocation(argv)).toThrow(message);
  });
});
