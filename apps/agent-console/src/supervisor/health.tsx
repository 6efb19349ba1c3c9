import type { SystemHealth } from '@baton/client';
import { words } from '../words/words.ts';

type Part = keyof SystemHealth['services'];
const parts: readonly Part[] = ['gateway', 'session', 'queue', 'ai', 'postgres', 'redis', 'nats', 'model'];

const sentence = { up: 'allWell', degraded: 'someTrouble', down: 'isDown' } as const;
export const healthSentence = (health: SystemHealth): string => words.supervisor[sentence[health.status]];

/** What works and what does not, part by part, with a word on what is wrong. */
export function Health({ health }: { health: SystemHealth }) {
  return (
    <section class="panel" aria-labelledby="health-title">
      <h2 id="health-title">{words.supervisor.health}</h2>
      <ul class="health">
        {parts.map((name) => {
          const part = health.services[name];
          return (
            <li key={name} class={`health-part health-${part.status}`}>
              <span class="health-dot" aria-hidden="true" />
              <span class="health-name">{words.supervisor.parts[name]}</span>
              <span class="health-state">
                {words.supervisor[part.status]}
                {part.latencyMs !== undefined && part.status === 'up' && (
                  <span class="numbers">
                    {' '}
                    {part.latencyMs < 10 ? part.latencyMs.toFixed(1) : Math.round(part.latencyMs)} ms
                  </span>
                )}
              </span>
              {part.detail !== undefined && <span class="health-detail">{part.detail}</span>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
