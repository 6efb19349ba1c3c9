/** A system call in strace's output, by the numbers of the lines on which it began and ended. */
interface Call {
  name: string;
  /** Its arguments, as strace shows them. */
  text: string;
  begun: number;
  ended: number;
  succeeded: boolean;
}

const WHOLE = /^(\d+)\s+(\w+)\((.*)\)\s+=\s+(-?\d+)/;
const UNFINISHED = /^(\d+)\s+(\w+)\((.*) <unfinished \.\.\.>$/;
const RESUMED = /^(\d+)\s+<\.\.\. (\w+) resumed>.*\)\s+=\s+(-?\d+)/;

/** Reads what `strace -f` has written, one call after the other by their beginnings. */
export function readTrace(lines: Iterable<string>): Call[] {
  const calls: Call[] = [];
  const underWay = new Map<string, Call>();
  let number = 0;
  for (const line of lines) {
    number++;
    const whole = WHOLE.exec(line);
    if (whole) {
      const [, , name = '', text = '', result] = whole;
      calls.push({ name, text, begun: number, ended: number, succeeded: Number(result) >= 0 });
      continue;
    }
    const begun = UNFINISHED.exec(line);
    if (begun) {
      const [, process = '', name = '', text = ''] = begun;
      const call = { name, text, begun: number, ended: Number.POSITIVE_INFINITY, succeeded: false };
      calls.push(call);
      underWay.set(`${process} ${name}`, call);
      continue;
    }
    const resumed = RESUMED.exec(line);
    const call = resumed && underWay.get(`${resumed[1]} ${resumed[2]}`);
    if (resumed && call) {
      call.ended = number;
      call.succeeded = Number(resumed[3]) >= 0;
      underWay.delete(`${resumed[1]} ${resumed[2]}`);
    }
  }
  return calls;
}

/** What became of one message by the trace. */
export type Seen = 'flushed before' | 'not flushed before' | 'not written' | 'not acknowledged';

/**
 * Of each message, known by a word in it: was it acknowledged only after Postgres had written it to its log and had
 * flushed that? The word is looked for in what Postgres writes to files and in what the session service sends with the
 * mark of an acknowledgement.
 */
export function judge(calls: readonly Call[], words: readonly string[], acknowledgement: string): Map<string, Seen> {
  const writes = calls.filter(({ name, succeeded }) => name.startsWith('pwrite') && succeeded);
  const flushes = calls.filter(({ name, succeeded }) => (name === 'fdatasync' || name === 'fsync') && succeeded);
  const answers = calls.filter(({ name, text }) => !name.startsWith('pwrite') && text.includes(acknowledgement));
  return new Map(
    words.map((word): [string, Seen] => {
      const answered = answers.find(({ text }) => text.includes(word));
      if (answered === undefined) return [word, 'not acknowledged'];
      const written = writes.find(({ text }) => text.includes(word));
      if (written === undefined) return [word, 'not written'];
      const flushed = flushes.find(({ begun }) => begun > written.ended);
      return [word, flushed && flushed.ended < answered.begun ? 'flushed before' : 'not flushed before'];
    }),
  );
}
