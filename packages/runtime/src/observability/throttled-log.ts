import type { Log } from './logger.ts';

const WINDOW_MS = 60_000;
/** Lines of one kind in a minute, whatever the number of sources. */
const MAX_LINES = 60;
/** Sources of one kind that are remembered. */
const MAX_SOURCES = 1_000;

/** A message, at a level: everything about it but who caused it. */
interface Kind {
  level: 'warn' | 'error';
  message: string;
  /** Who has caused a line already; the oldest is forgotten first. */
  known: Set<string>;
  /** Lines of this minute. */
  lines: number;
  /** What was not written in this minute, and who caused it. */
  repeated: number;
  sources: Set<string>;
}

/**
 * [S3] Lines that anybody outside can cause as often as they like. A line is written before anything else happens, so a
 * line for each would hold up everybody, and fill the disk.
 *
 * A source (a connection, a session, an endpoint) is given one line of a kind, and a kind at most 60 lines a minute.
 * What comes beyond is counted, and the count is one line once a minute: `{repeated, sources}`. A kind that a whole
 * minute brings nothing of begins anew.
 */
export function createThrottledLog(log: Log) {
  const kinds = new Map<string, Kind>();
  let timer: NodeJS.Timeout | undefined;

  const kindOf = (level: Kind['level'], message: string): Kind => {
    const key = `${level} ${message}`;
    let kind = kinds.get(key);
    if (kind === undefined) {
      kind = { level, message, known: new Set(), lines: 0, repeated: 0, sources: new Set() };
      kinds.set(key, kind);
    }
    return kind;
  };
  const endWindow = () => {
    timer = undefined;
    for (const [key, kind] of kinds) {
      if (kind.lines === 0 && kind.repeated === 0) kinds.delete(key);
      if (kind.repeated > 0) log[kind.level]({ repeated: kind.repeated, sources: kind.sources.size }, kind.message);
      kind.lines = 0;
      kind.repeated = 0;
      kind.sources.clear();
    }
    if (kinds.size > 0) watch();
  };
  const watch = () => {
    timer ??= setTimeout(endWindow, WINDOW_MS).unref();
  };
  const write = (level: Kind['level'], source: string, facts: object, message: string) => {
    const kind = kindOf(level, message);
    watch();
    if (kind.known.has(source) || kind.lines >= MAX_LINES) {
      kind.repeated++;
      if (kind.sources.size < MAX_SOURCES) kind.sources.add(source);
      return;
    }
    kind.lines++;
    const [oldest] = kind.known;
    if (oldest !== undefined && kind.known.size >= MAX_SOURCES) kind.known.delete(oldest);
    kind.known.add(source);
    log[level](facts, message);
  };

  return {
    /** `message` is the kind: it holds nothing that differs from one to the next. */
    warn: (source: string, facts: object, message: string) => write('warn', source, facts, message),
    error: (source: string, facts: object, message: string) => write('error', source, facts, message),
    /** Writes what was counted and not yet told. */
    stop(): void {
      clearTimeout(timer);
      endWindow();
      clearTimeout(timer);
    },
  };
}
export type ThrottledLog = ReturnType<typeof createThrottledLog>;

const throttledLogs = new WeakMap<Log, ThrottledLog>();

/** The throttled lines of a process' log: one count of each kind, wherever in the process its lines come from. */
export function throttled(log: Log): ThrottledLog {
  const known = throttledLogs.get(log) ?? createThrottledLog(log);
  throttledLogs.set(log, known);
  return known;
}
