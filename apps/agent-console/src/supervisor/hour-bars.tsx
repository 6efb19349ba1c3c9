import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { timeOfDay, words } from '../words/words.ts';

export interface Hour {
  /** When it began, ISO 8601. */
  hour: string;
  /** null: nothing that could be measured happened in it. */
  value: number | null;
}

export interface HourBarsProps {
  title: string;
  tone: 'ink' | 'human' | 'accent';
  /** The figure of all hours together, as text. */
  figure: string;
  /** What the figure is about. */
  about: ComponentChildren;
  hours: readonly Hour[];
  /** A value as text. */
  read: (value: number) => string;
  /** Highest possible value; the highest of the hours unless told. */
  top?: number;
}

const HEIGHT = 56;
const PITCH = 10;
const BAR = 7;

/** One figure of the last day, and a bar for each hour. The pointer reads an hour; the table reads them all. */
export function HourBars({ title, tone, figure, about, hours, read, top }: HourBarsProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const highest = top ?? Math.max(0, ...hours.map(({ value }) => value ?? 0));
  const hour = pointed === null ? undefined : hours[pointed];
  const middle = hours[Math.floor(hours.length / 2)];
  const shown = (value: number | null) => (value === null ? '–' : read(value));
  return (
    <section class={`hours hours-${tone}`}>
      <h3>{title}</h3>
      <p class="figure">{hour === undefined ? figure : shown(hour.value)}</p>
      <p class="figure-about">
        {hour === undefined ? about : `${timeOfDay(hour.hour)} – ${timeOfDay(Date.parse(hour.hour) + 3_600_000)}`}
      </p>
      <div class="hours-plot">
        <p class="hours-scale" aria-hidden="true">
          <span>{highest === 0 ? '' : read(highest)}</span>
          <span>{read(0)}</span>
        </p>
        <svg
          class="hours-chart"
          viewBox={`0 0 ${hours.length * PITCH} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
          onPointerLeave={() => setPointed(null)}
          onPointerMove={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            const at = Math.floor(((event.clientX - box.left) / box.width) * hours.length);
            setPointed(Math.min(Math.max(at, 0), hours.length - 1));
          }}
        >
          <line class="hours-grid" x1={0} x2={hours.length * PITCH} y1={4} y2={4} />
          <line class="hours-grid" x1={0} x2={hours.length * PITCH} y1={HEIGHT / 2 + 2} y2={HEIGHT / 2 + 2} />
          {hours.map(({ hour: began, value }, index) => {
            const height =
              value === null || highest === 0 ? 0 : Math.max(value > 0 ? 2 : 0, (value / highest) * (HEIGHT - 4));
            return (
              <g key={began} class={index === pointed ? 'is-pointed' : undefined}>
                <rect class="hours-ground" x={index * PITCH} y={0} width={PITCH} height={HEIGHT} />
                <rect class="hours-foot" x={index * PITCH + (PITCH - BAR) / 2} y={HEIGHT - 1} width={BAR} height={1} />
                <rect
                  class="hours-bar"
                  x={index * PITCH + (PITCH - BAR) / 2}
                  y={HEIGHT - height}
                  width={BAR}
                  height={height}
                  rx={1}
                />
              </g>
            );
          })}
        </svg>
        <p class="hours-axis" aria-hidden="true">
          <span>{hours[0] === undefined ? '' : timeOfDay(hours[0].hour)}</span>
          <span>{middle === undefined ? '' : timeOfDay(middle.hour)}</span>
          <span>{words.supervisor.untilNow}</span>
        </p>
      </div>
      <details class="hours-table">
        <summary>
          <span class="b-hidden">{title} </span>
          {words.supervisor.asTable}
        </summary>
        <div class="hours-scroll">
          <table>
            <caption class="b-hidden">{title}</caption>
            <thead>
              <tr>
                <th scope="col">{words.supervisor.hour}</th>
                <th scope="col">{title}</th>
              </tr>
            </thead>
            <tbody>
              {hours.map(({ hour: began, value }) => (
                <tr key={began}>
                  <th scope="row">{timeOfDay(began)}</th>
                  <td>{shown(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  );
}
