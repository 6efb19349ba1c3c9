// Runs after the program that started everything has ended, in any way, and ends what it left. See `end-with-us.ts`.
import { endLeftovers, findLeftovers, lockOf } from '../processes/leftovers.ts';
import { readLivePidRecord } from '../processes/pid-record.ts';

const [data = ''] = process.argv.slice(2);
const found = await findLeftovers(data);
// Checked after the leftovers were read: if another run is here by now, it ends them itself, and they include none of
// its own.
if ((await readLivePidRecord(lockOf(data))) === undefined) await endLeftovers(found, () => {});
