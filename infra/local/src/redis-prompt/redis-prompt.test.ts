import { expect, it } from 'vitest';
import { redisCli } from './program.ts';
import { answerText, plainText, replyText } from './reply.ts';
import { wordsOf } from './words.ts';

it('gives redis-cli the password by its environment, never as an argument or with an empty user', () => {
  expect(redisCli('redis://:redis_password@localhost:6379', {})).toEqual({
    args: ['-h', 'localhost', '-p', '6379'],
    env: { REDISCLI_AUTH: 'redis_password' },
  });
  expect(redisCli('redis://localhost', { REDIS_PASSWORD: 'p#w' }).env).toEqual({ REDISCLI_AUTH: 'p#w' });
  expect(redisCli('redis://127.0.0.1:26379', {})).toEqual({ args: ['-h', '127.0.0.1', '-p', '26379'], env: {} });
  expect(redisCli('rediss://ada:p%40ss@there:7000/2', { REDIS_CA_FILE: 'ca.pem' })).toEqual({
    args: ['-h', 'there', '-p', '7000', '--user', 'ada', '-n', '2', '--tls', '--sni', 'there', '--cacert', 'ca.pem'],
    env: { REDISCLI_AUTH: 'p@ss' },
  });
});

it('reads a line as redis-cli does', () => {
  expect(wordsOf('  SET  key "two words" ')).toEqual(['SET', 'key', 'two words']);
  expect(wordsOf(String.raw`ECHO "a\n\x41\"b" 'c\n\'d' ""`)).toEqual(['ECHO', 'a\nA"b', "c\\n'd", '']);
  expect(wordsOf('')).toEqual([]);
  expect(() => wordsOf('GET "key')).toThrow('a " is not closed');
});

it('shows replies as redis-cli does', () => {
  expect(replyText(null)).toBe('(nil)');
  expect(replyText(3)).toBe('(integer) 3');
  expect(replyText([])).toBe('(empty array)');
  expect(replyText(['a', ['b', null], 7])).toBe('1) "a"\n2) 1) "b"\n   2) (nil)\n3) (integer) 7');
  expect(answerText('set', 'OK')).toBe('OK');
  expect(answerText('get', 'hello "you"')).toBe('"hello \\"you\\""');
  expect(answerText('INFO', '# Server\r\nx:1')).toBe('# Server\r\nx:1');
  expect(plainText(['a', ['b', null]])).toBe('a\nb\n');
});
