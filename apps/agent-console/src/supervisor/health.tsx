import type { SystemHealth } from '@baton/client';
import { Banner } from '@baton/design';
import { fill, words } from '../words/words.ts';

type Part = keyof SystemHealth['services'];
const parts: readonly Part[] = ['gateway', 'session', 'queue', 'ai', 'postgres', 'redis', 'nats', 'model'];

const sentence = { up: 'allWell', degraded: 'someTrouble', down: 'isDown' } as const;
export const healthSentence = (health: SystemHealth): string => words.supervisor[sentence[health.status]];

/** While the model answers nobody every customer comes to a human, and nothing else on the page says why. */
export function BotSilent({ health }: { health: SystemHealth }) {
  const { status, detail } = health.services.model;
  if (status !== 'down') return null;
  return <Banner tone="danger">{fill(words.supervisor.botSilent, { why: detail ?? words.supervisor.down })}</Banner>;
}

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
              {part.notes?.map((note) => (
                <span key={note} class="health-note">
                  {note}
                </span>
              ))}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
