import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import { describe, expect, it } from 'vitest';
import { readTarget } from '../target.ts';
import { connectionFailure } from './failure-postgres.ts';

const target = readTarget('postgres://ada:secret@db:5433/chat');

describe('connectionFailure', () => {
  it.each([
    [new DriverAdapterError({ kind: 'AuthenticationFailed', user: 'ada' }), 'P1000', '`ada`'],
    [new DriverAdapterError({ kind: 'DatabaseNotReachable' }), 'P1001', '`db:5433`'],
    [new DriverAdapterError({ kind: 'SocketTimeout' }), 'P1002', '`db:5433`'],
    [new DriverAdapterError({ kind: 'DatabaseDoesNotExist' }), 'P1003', '`chat`'],
    [new DriverAdapterError({ kind: 'DatabaseAlreadyExists' }), 'P1009', '`chat`'],
    [new DriverAdapterError({ kind: 'DatabaseAccessDenied' }), 'P1010', '`chat`'],
    [new DriverAdapterError({ kind: 'TlsConnectionError', reason: 'self-signed' }), 'P1011', 'self-signed'],
    [new DriverAdapterError({ kind: 'ConnectionClosed' }), 'P1017', 'closed'],
    [new DriverAdapterError({ kind: 'TooManyConnections', cause: 'no slots' }), 'P2037', 'no slots'],
    // A name with two addresses, as localhost often is: Node gives one error for both.
    [Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }), 'P1001', '`db:5433`'],
    [Object.assign(new Error(''), { code: 'EHOSTUNREACH' }), 'P1001', '`db:5433`'],
    [new Error('timeout exceeded when trying to connect'), 'P1001', '`db:5433`'],
    [new Error('Connection terminated unexpectedly'), 'P1017', 'closed'],
  ])('%# %s is known to the CLI by its code', (thrown, code, text) => {
    const failure = connectionFailure(thrown, target);
    expect(failure).toMatchObject({ name: 'KnownFailure', code, message: expect.stringContaining(text) });
    expect(JSON.stringify(failure)).not.toContain('secret');
  });

  it('leaves alone what is no matter of the connection', () => {
    const thrown = new DriverAdapterError({ kind: 'TableDoesNotExist', table: 'x' });
    expect(connectionFailure(thrown, target)).toBe(thrown);
  });
});
