import type { Agent, SystemStats, WaitingView } from '@baton/client';
import { duration } from '../time/duration.ts';
import { now } from '../time/now.ts';
import { counted, fill, number, words } from '../words/words.ts';
import { polyline, type Sample } from './samples.ts';

/** How far back the line of those who wait goes. */
export const RECENT_MS = 15 * 60_000;
const LINE = { width: 180, height: 34, spanMs: RECENT_MS };

/** How things stand at this moment. */
export function Present(props: {
  stats: SystemStats;
  waiting: WaitingView | null;
  agents: readonly Agent[] | null;
  samples: readonly Sample[];
}) {
  const { stats, waiting, agents, samples } = props;
  const { bot, waiting: waits, agent } = stats.sessionsByStatus;
  const total = waiting?.total ?? waits;
  const since = Math.min(...(waiting?.sessions ?? []).map(({ queueInfo }) => Date.parse(queueInfo.requestedAt)));
  const capacity = agents?.reduce((sum, one) => sum + one.capacity, 0) ?? 0;
  const active = agents?.reduce((sum, one) => sum + one.active, 0) ?? 0;
  const free = agents?.filter((one) => one.status === 'available' && one.active < one.capacity).length ?? 0;
  return (
    <section class="band band-now" aria-labelledby="now-title">
      <h2 id="now-title">{words.supervisor.now}</h2>
      <div class="band-columns">
        <div class="now now-waiting">
          <p class="figure">{number(total)}</p>
          <p class="figure-about">
            <strong>{words.supervisor.waiting}</strong>{' '}
            {Number.isFinite(since)
              ? fill(words.supervisor.longest, { time: duration(now.value - since) })
              : words.supervisor.nobodyWaits}
          </p>
          <svg
            class="now-line"
            viewBox={`0 -2 ${LINE.width} ${LINE.height + 4}`}
            preserveAspectRatio="none"
            aria-hidden="true"
          >
            <title>{words.supervisor.waitingNow}</title>
            <line class="now-base" x2={LINE.width} y1={LINE.height} y2={LINE.height} />
            <polyline points={polyline(samples, LINE)} />
          </svg>
          <p class="now-axis" aria-hidden="true">
            <span>{fill(words.supervisor.ago, { time: duration(RECENT_MS) })}</span>
            <span>{fill(words.supervisor.peak, { count: Math.max(0, ...samples.map(({ value }) => value)) })}</span>
            <span>{words.supervisor.untilNow}</span>
          </p>
        </div>
        <div class="now">
          <p class="figure">{number(agent)}</p>
          <p class="figure-about">
            <strong>{words.supervisor.withAgents}</strong> {fill(words.supervisor.slots, { active, capacity })}
          </p>
          <meter
            class="now-slots"
            min={0}
            max={Math.max(1, capacity)}
            value={active}
            aria-label={fill(words.supervisor.slots, { active, capacity })}
          />
        </div>
        <div class="now">
          <p class="figure">{number(bot)}</p>
          <p class="figure-about">
            <strong>{words.supervisor.withBot}</strong>
          </p>
        </div>
        <div class="now">
          <p class="figure">{number(agents?.length ?? 0)}</p>
          <p class="figure-about">
            <strong>{words.supervisor.online}</strong> {counted(words.supervisor.free, free)}
          </p>
        </div>
      </div>
    </section>
  );
}
