import type { Agent, WaitingView } from '@baton/client';
import { Avatar, Badge } from '@baton/design';
import { namesakes } from '../account/namesakes.ts';
import { customerName } from '../customer/customer-name.ts';
import { duration } from '../time/duration.ts';
import { now } from '../time/now.ts';
import { counted, number, words } from '../words/words.ts';
import { PanelTable } from './panel-table.tsx';

/** Who waits, in the order in which they come out. */
export function WhoWaits({ waiting }: { waiting: WaitingView }) {
  const { sessions, total } = waiting;
  return (
    <section class="panel" aria-labelledby="who-waits-title">
      <h2 id="who-waits-title">
        {words.supervisor.queue}
        {total > 0 && (
          <Badge tone="human" strong>
            {number(total)}
          </Badge>
        )}
      </h2>
      {total === 0 ? (
        <p class="faint">{words.supervisor.nobody}</p>
      ) : (
        <PanelTable
          columns={[
            { title: words.supervisor.position, numbers: true },
            { title: words.supervisor.customer },
            { title: words.supervisor.reason },
            { title: words.supervisor.since, numbers: true },
          ]}
          below={
            total > sessions.length && (
              <p class="faint">{counted(words.supervisor.moreWait, total - sessions.length)}</p>
            )
          }
        >
          {sessions.map((session, index) => (
            <tr key={session.id}>
              <td class="table-number">{session.queueInfo.position ?? index + 1}</td>
              <th scope="row">
                <bdi>{customerName(session)}</bdi>{' '}
                {session.queueInfo.priority !== 'normal' && (
                  <Badge tone={session.queueInfo.priority === 'high' ? 'danger' : 'plain'}>
                    {words.waiting.priority[session.queueInfo.priority]}
                  </Badge>
                )}
              </th>
              <td>{session.queueInfo.reason}</td>
              <td class="table-number">
                <Waited since={session.queueInfo.requestedAt} />
              </td>
            </tr>
          ))}
        </PanelTable>
      )}
    </section>
  );
}

/** How long somebody has waited, to the second. */
export const Waited = ({ since }: { since: string }) => <time>{duration(now.value - Date.parse(since))}</time>;

const order = { available: 0, busy: 1, offline: 2 } as const;

/** Who is online, and how many chats they have. */
export function Agents({ agents }: { agents: readonly Agent[] }) {
  const sorted = [...agents].sort(
    (a, b) => order[a.status] - order[b.status] || b.active - a.active || a.name.localeCompare(b.name),
  );
  const doubled = namesakes(agents);
  return (
    <section class="panel" aria-labelledby="agents-title">
      <h2 id="agents-title">
        {words.supervisor.agents}
        {agents.length > 0 && <Badge>{number(agents.length)}</Badge>}
      </h2>
      {agents.length === 0 ? (
        <p class="faint">{words.supervisor.nobodyOnline}</p>
      ) : (
        <PanelTable
          columns={[
            { title: words.supervisor.agent },
            { title: words.supervisor.state },
            { title: words.supervisor.load },
            { title: words.supervisor.sinceJoin, numbers: true },
          ]}
        >
          {sorted.map((agent) => (
            <tr key={agent.id}>
              <th scope="row">
                <span class="agent-name">
                  <Avatar who="person" name={agent.name} size="s" />
                  <bdi>{agent.name}</bdi>
                  {doubled.has(agent.id) && <small>{doubled.get(agent.id)}</small>}
                </span>
              </th>
              <td>
                <span class="agent-name">
                  <span class={`agent-dot b-presence-${agent.status}`} aria-hidden="true" />
                  {words.status[agent.status]}
                </span>
              </td>
              <td>
                <Load active={agent.active} capacity={agent.capacity} />
              </td>
              <td class="table-number">{duration(now.value - Date.parse(agent.joinedAt))}</td>
            </tr>
          ))}
        </PanelTable>
      )}
    </section>
  );
}

/** More places than this are not drawn one by one. */
const MOST_DRAWN = 10;

function Load({ active, capacity }: { active: number; capacity: number }) {
  return (
    <span class="load">
      {capacity <= MOST_DRAWN && (
        <span class="load-places" aria-hidden="true">
          {Array.from({ length: Math.max(capacity, active) }, (_, place) => (
            <i key={place} class={place >= capacity ? 'is-over' : place < active ? 'is-taken' : undefined} />
          ))}
        </span>
      )}
      <span class="numbers">
        {active} / {capacity}
      </span>
    </span>
  );
}
