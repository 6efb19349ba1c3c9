// `pnpm audit:verify [SEQ:HASH]`: checks that no row of the audit log was changed, removed or put in between. It prints
// the last row's number and hash: given to a later run, they show that no row was cut off at the end either.
import { createLog } from '@baton/runtime';
import { checkChain, EMPTY_CHAIN } from '../src/audit/chain.ts';
import { createAuditStore } from '../src/audit/store-postgres.ts';
import { openDatabase } from '../src/platform/database-postgres.ts';

const PAGE = 1_000;
const kept = /^(\d{1,15}):([0-9a-f]{64})$/.exec(process.argv[2] ?? '');
if (process.argv[2] !== undefined && kept === null) {
  process.stderr.write('Usage: pnpm audit:verify [SEQ:HASH], as an earlier run has printed it\n');
  process.exit(2);
}

const log = createLog({ service: 'audit', instance: 'audit', level: 'warn' });
const database = openDatabase({ url: process.env.DATABASE_URL ?? '', poolMax: 1, name: 'baton-audit', log });
const broken = (seq: number, why: string) => {
  process.stderr.write(`Row ${seq} of the audit log breaks the chain: ${why}.\n`);
  process.exitCode = 1;
};
try {
  const audit = createAuditStore(database);
  let end = EMPTY_CHAIN;
  let keptIsThere = kept === null;
  for (;;) {
    const rows = await audit.readAfter(end.seq, PAGE);
    if (rows.length === 0) break;
    const check = checkChain(end, rows);
    if (check.kind === 'broken') {
      broken(check.seq, check.why);
      break;
    }
    keptIsThere ||= rows.some(({ seq, hash }) => seq === Number(kept?.[1]) && hash.toString('hex') === kept?.[2]);
    end = check.end;
  }
  if (process.exitCode === undefined && !keptIsThere) broken(Number(kept?.[1]), 'it is not the one that was kept');
  if (process.exitCode === undefined)
    process.stdout.write(`${end.seq} rows are whole: ${end.seq}:${end.hash.toString('hex')}\n`);
} catch (error) {
  process.stderr.write(`The audit log could not be read: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
} finally {
  await database.close();
}
