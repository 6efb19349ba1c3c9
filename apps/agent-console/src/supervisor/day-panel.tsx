import type { SystemStats } from '@baton/client';
import { duration } from '../time/duration.ts';
import { counted, fill, number, percent, words } from '../words/words.ts';
import { HourBars } from './hour-bars.tsx';

const seconds = (value: number) => duration(value * 1_000);

/** Chats that ended in the hour and were not abandoned. */
const endedIn = (hour: SystemStats['hours'][number]) => hour.closed - (hour.abandoned ?? 0);

/** The figures of the last 24 hours, each with its hours. */
export function Day({ stats }: { stats: SystemStats }) {
  const { hours } = stats;
  const abandoned = hours.reduce((sum, hour) => sum + (hour.abandoned ?? 0), 0);
  const notAbandoned = hours.reduce((sum, hour) => sum + endedIn(hour), 0);
  const response = stats.averageFirstResponseMs;
  const average = (value: number | null) => (value === null ? '–' : seconds(value));
  return (
    <section class="band" aria-labelledby="day-title">
      <h2 id="day-title">{words.supervisor.day}</h2>
      <div class="band-columns">
        <HourBars
          title={words.supervisor.messages}
          tone="ink"
          figure={number(stats.messagesLast24h)}
          about={
            response === null
              ? words.supervisor.noData
              : fill(words.supervisor.firstResponse, { time: duration(response) })
          }
          hours={hours.map(({ hour, messages }) => ({ hour, value: messages }))}
          read={number}
        />
        <HourBars
          title={words.supervisor.wait}
          tone="human"
          figure={average(stats.averageWaitSeconds)}
          about={counted(words.supervisor.handoffs, stats.transfersLast24h)}
          hours={hours.map(({ hour, averageWaitSeconds }) => ({ hour, value: averageWaitSeconds }))}
          read={seconds}
        />
        <HourBars
          title={words.supervisor.handling}
          tone="human"
          figure={average(stats.averageHandlingSeconds)}
          about={stats.averageHandlingSeconds === null ? words.supervisor.noData : words.supervisor.average}
          hours={hours.map(({ hour, averageHandlingSeconds }) => ({ hour, value: averageHandlingSeconds }))}
          read={seconds}
        />
        <HourBars
          title={words.supervisor.botShare}
          tone="accent"
          figure={stats.botResolutionShare === null ? '–' : percent(stats.botResolutionShare)}
          about={[
            counted(words.supervisor.ofClosed, notAbandoned),
            ...(abandoned > 0 ? [counted(words.supervisor.abandoned, abandoned)] : []),
          ].join(' · ')}
          hours={hours.map((hour) => ({
            hour: hour.hour,
            value: endedIn(hour) === 0 ? null : hour.closedByBot / endedIn(hour),
          }))}
          read={percent}
          top={1}
        />
      </div>
    </section>
  );
}
