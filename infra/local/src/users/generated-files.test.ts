import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../project.ts';
import { generatedFiles } from './generated-files.ts';
import { redisRules } from './redis-acl.ts';

it.each([...generatedFiles({ root: 'chat', prefix: 'chat:' })])(
  '%s is what `pnpm users:generate` writes',
  (file, text) => {
    expect(readFileSync(join(ROOT, file), 'utf8')).toBe(text);
  },
);

it('for another installation the files of its servers are written, and no docs of ours', () => {
  const to = mkdtempSync(join(tmpdir(), 'users-'));
  onTestFinished(() => rmSync(to, { recursive: true }));
  const command = join(ROOT, 'infra/local/src/commands/users-generate.ts');
  execFileSync(process.execPath, [command, '--root', 'support', '--prefix', 'support:', '--to', to]);
  const written = readdirSync(to, { recursive: true, encoding: 'utf8' }).filter((file) => /\.\w+$/.test(file));
  expect(written.sort()).toEqual(['infra/nats/users.conf', 'infra/redis/users.acl']);
  expect(readFileSync(join(to, 'infra/nats/users.conf'), 'utf8')).toContain('support.session.append');
});

it('[S4] the queue may call in Redis what its scripts call, and nothing more', () => {
  const folder = join(ROOT, 'services/queue/src');
  const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.lua'));
  const called = scripts.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/(?:redis\.p?call|with)\(\s*'(\w+)'/g)].map(
      ([, name = '']) => name,
    ),
  );
  const allowed = redisRules('queue', 'chat:').flatMap((rule) => (rule.startsWith('+') ? [rule.slice(1)] : []));
  const connection = ['ping', 'info', 'client|setname', 'client|setinfo', 'eval', 'evalsha'];
  const wanted = [...connection, ...new Set(called.map((name) => name.toLowerCase()))];
  expect(allowed.sort()).toEqual(wanted.sort());
});

it('a prefix is no pattern', () => {
  expect(redisRules('queue', 'a*b:')[0]).toBe('~a\\*b:*');
});
