// Writes what servers are told of their users, from the tables in packages/contracts and beside this file:
//
//   pnpm users:generate                 infra/nats/users.conf, infra/redis/users.acl and the tables of docs/security.md
//   pnpm users:generate --check         writes nothing; says which are stale, and exits with 1 when one is
//   pnpm users:generate --root support --prefix support: --to folder     for an installation with names of its own:
//                                                                        the servers' files, without our docs
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../project.ts';
import { generatedFiles, serverFiles } from '../users/generated-files.ts';

const { values } = parseArgs({
  options: {
    check: { type: 'boolean' },
    root: { type: 'string', default: 'chat' },
    prefix: { type: 'string', default: 'chat:' },
    to: { type: 'string' },
  },
});

const { root, prefix, to } = values;
const files = to === undefined ? generatedFiles({ root, prefix }) : serverFiles({ root, prefix });
const pathOf = (file: string) => join(to ?? ROOT, file);
const stale = [...files].filter(([file, text]) => read(pathOf(file)) !== text);

if (values.check) {
  for (const [file] of stale) process.stdout.write(`stale: ${file}; pnpm users:generate\n`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [file, text] of stale) {
    mkdirSync(dirname(pathOf(file)), { recursive: true });
    writeFileSync(pathOf(file), text);
    process.stdout.write(`written: ${pathOf(file)}\n`);
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
