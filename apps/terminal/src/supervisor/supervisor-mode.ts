import type { HealthPart, PartStatus, PayloadOf, ServerEvents, SystemStats } from '@baton/contracts';
import { connectionEvents, openStage } from '../screen/mode-screen.ts';
import type { OpenScreen } from '../screen/screen.ts';
import { beginning, duration, type Line, priorityMark, type Tone, waitedFor } from '../screen/words.ts';
import { createConnection } from './connection.ts';

const WATCH_MS = 2_000;

/** A supervisor in front of the terminal; with `once`, everything is shown once. Resolves with the exit code. */
export async function supervisorMode(options: {
  url: string;
  key?: string | undefined;
  once: boolean;
  open: OpenScreen;
}): Promise<number> {
  let watching: NodeJS.Timeout | undefined;
  const stats = async () => {
    const reply = await link.ask('admin:get_stats', {});
    if (reply.ok) stage.print(...statsLines(reply.value));
    else stage.refused(reply);
    return reply.ok;
  };
  const health = async () => {
    const reply = await link.ask('admin:health_check', {});
    if (reply.ok) stage.print(...healthLines(reply.value));
    else stage.refused(reply);
    return reply.ok && reply.value.status !== 'down';
  };
  const queue = async () => {
    const reply = await link.ask('admin:debug_queue', {});
    if (reply.ok) stage.print(...queueLines(reply.value));
    else stage.refused(reply);
    return reply.ok;
  };

  const stage = openStage({
    open: options.open,
    say: (_, { hint }) => hint('/help lists what there is.'),
    commands: ({ hint, refused, screen }) => ({
      stats: { help: 'statistics of the whole system', run: async () => void (await stats()) },
      health: { help: 'health of every part', run: async () => void (await health()) },
      queue: { help: 'queue diagnostics: Redis beside Postgres', run: async () => void (await queue()) },
      watch: {
        help: `figures every ${WATCH_MS / 1_000} s below; again to stop`,
        run: () => {
          if (watching) {
            clearInterval(watching);
            watching = undefined;
            screen.live([]);
            return;
          }
          const look = async () => {
            const reply = await link.ask('admin:get_stats', {});
            if (reply.ok && watching) screen.live(statsLines(reply.value));
          };
          watching = setInterval(look, WATCH_MS);
          void look();
        },
      },
      clear: {
        help: 'clear the queue: everyone waiting goes back to the bot',
        run: async () => {
          const reply = await link.ask('admin:clear_queue', {});
          if (reply.ok) hint(`${reply.value.cleared} went back to the bot.`);
          else refused(reply);
        },
      },
    }),
  });
  stage.screen.prompt('supervisor › ');
  const link = createConnection(options.url, options.key, {
    ...connectionEvents(() => stage, options.url),
    onUp: () => void welcome(),
  });

  let welcomed = false;
  async function welcome(): Promise<void> {
    if (welcomed) return;
    welcomed = true;
    const all = [await health(), await stats()];
    if (options.once) all.push(await queue());
    if (options.once) stage.end(all.every(Boolean) ? 0 : 1);
    else stage.hint('/stats  /health  /queue  /watch  /clear  /help  /quit');
  }

  const code = await stage.ended;
  clearInterval(watching);
  link.close();
  await stage.screen.close();
  return code;
}

const table = (tone: Tone, rows: [string, string][]): Line[] => {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => ({ tone, text: `${name.padEnd(width)}  ${value}` }));
};

function statsLines(stats: SystemStats): Line[] {
  const { sessionsByStatus: by } = stats;
  const seconds = (value: number | null) => (value === null ? 'no data yet' : duration(value));
  return table('event', [
    ['chats', `${stats.totalSessions} in all, ${by.bot} with the bot, ${by.waiting} waiting, ${by.agent} with agents`],
    ['agents', `${stats.availableAgents} of ${stats.totalAgents} available`],
    ['last 24 h', `${stats.messagesLast24h} messages, ${stats.transfersLast24h} handoffs`],
    ['average wait', seconds(stats.averageWaitSeconds)],
    [
      'first response',
      stats.averageFirstResponseMs === null ? 'no data yet' : `${Math.round(stats.averageFirstResponseMs)} ms`,
    ],
    [
      'bot alone',
      stats.botResolutionShare === null
        ? 'no data yet'
        : `${Math.round(stats.botResolutionShare * 100)} % of the chats closed and not abandoned`,
    ],
    ['abandoned', `${stats.abandonedLast24h ?? 0} chats in the last 24 h`],
  ]);
}

const healthTone: Record<PartStatus, Tone> = { up: 'bot', degraded: 'warning', down: 'error' };

function healthLines({ services, status }: PayloadOf<ServerEvents['health:status']> | Health): Line[] {
  const parts = Object.entries(services);
  const width = Math.max(...parts.map(([name]) => name.length));
  return [
    { tone: healthTone[status], text: `Baton is ${status}.` },
    ...parts.map(([name, part]: [string, HealthPart]): Line => {
      const latency = part.latencyMs === undefined ? '' : `${part.latencyMs.toFixed(1)} ms`;
      const words = [name.padEnd(width), part.status.padEnd(8), latency.padStart(10), part.detail ?? ''];
      return { tone: healthTone[part.status], text: words.join('  ').trimEnd() };
    }),
  ];
}
type Health = Pick<PayloadOf<ServerEvents['health:status']>, 'services' | 'status'>;

function queueLines({ queue, database, timestamp }: PayloadOf<ServerEvents['queue:debug_info']>): Line[] {
  const { lengths } = queue;
  const now = Date.parse(timestamp);
  return [
    ...table('event', [
      ['in Redis', `${lengths.total} waiting: ${lengths.high} high, ${lengths.normal} normal, ${lengths.low} low`],
      ['in Postgres', `${database.waiting.length}${database.hasMore ? ' and more' : ''} waiting`],
      ['last reconciled', queue.lastComparedAt === null ? 'not yet' : `${waitedFor(queue.lastComparedAt, now)} ago`],
      ['agents seen', String(queue.presence.length)],
      ['active claims', String(queue.claims.length)],
    ]),
    ...Object.entries(queue.metadata).map(
      ([id, { priority, requestedAt, reason }]): Line => ({
        tone: 'event',
        text: `  ${id}  ${priorityMark[priority].padEnd(8)}  ${waitedFor(requestedAt, now).padStart(6)}  ${beginning(reason, 80)}`,
      }),
    ),
  ];
}
