// Run when the program that started everything has ended, however it did: ends what it left. See `end-with-us.ts`.
import { endLeftovers, findLeftovers, lockOf } from '../processes/leftovers.ts';
import { readLivePidRecord } from '../processes/pid-record.ts';

const [data = ''] = process.argv.slice(2);
const found = await findLeftovers(data);
// Looked at after those were read: another run that is here by now ends them itself, and none of its own is among them.
if ((await readLivePidRecord(lockOf(data))) === undefined) await endLeftovers(found, () => {});
