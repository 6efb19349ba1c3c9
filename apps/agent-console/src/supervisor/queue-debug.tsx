import type { QueueDebug as Debug } from '@baton/client';
import { Badge } from '@baton/design';
import { useMemo } from 'preact/hooks';
import { duration } from '../time/duration.ts';
import { now } from '../time/now.ts';
import { counted, fill, number, timeOfDay, words } from '../words/words.ts';
import { PanelTable } from './panel-table.tsx';
import { compareStores } from './store-comparison.ts';
import { Waited } from './tables.tsx';

/** The queue as Redis and Postgres have it, side by side, for finding faults. */
export function QueueDebug({ debug }: { debug: Debug }) {
  const { queue } = debug;
  const { rows, apart, more } = useMemo(() => compareStores(debug), [debug]);
  const { high, normal, low, total } = queue.lengths;
  const compared = queue.lastComparedAt;
  return (
    <div class="debug">
      <p class="dialog-lead">{words.supervisor.debugLead}</p>
      <p class="debug-verdict">
        <Badge tone={apart === null ? 'plain' : apart === 0 ? 'good' : 'danger'}>
          {apart === null
            ? words.supervisor.notCompared
            : apart === 0
              ? words.supervisor.agrees
              : counted(words.supervisor.differs, apart)}
        </Badge>{' '}
        <span class="faint">
          {compared === null ? words.supervisor.never : fill(words.supervisor.compared, { time: timeOfDay(compared) })}
        </span>
      </p>
      <dl class="debug-facts">
        <dt>{words.supervisor.prefix}</dt>
        <dd>
          <code>{queue.prefix}</code>
        </dd>
        <dt>{words.supervisor.lengths}</dt>
        <dd class="numbers">
          {`high ${number(high)}, normal ${number(normal)}, low ${number(low)} = ${number(total)}`}
        </dd>
        <dt>{words.supervisor.claims}</dt>
        <dd class="numbers">{number(queue.claims.length)}</dd>
        <dt>{words.supervisor.presence}</dt>
        <dd class="numbers">
          {number(queue.presence.length)}
          {queue.presence.length > 0 &&
            ` (${queue.presence
              .map((one) => duration(now.value - Date.parse(one.lastSeenAt)))
              .slice(0, 8)
              .join(', ')})`}
        </dd>
      </dl>
      {rows.length > 0 && (
        <PanelTable
          columns={[
            { title: words.supervisor.chat },
            { title: words.supervisor.inRedis },
            { title: words.supervisor.inPostgres },
            { title: words.supervisor.since, numbers: true },
          ]}
          below={more > 0 && <p class="faint">{counted(words.supervisor.moreWait, more)}</p>}
        >
          {rows.map((row) => (
            <tr key={row.sessionId}>
              <td>
                <code>{row.sessionId}</code>
              </td>
              <Whether there={row.list !== null} as={row.list || words.supervisor.inQueue} />
              <Whether there={row.inPostgres} as={words.supervisor.waiting} />
              <td class="table-number">
                <Waited since={row.requestedAt} />
              </td>
            </tr>
          ))}
        </PanelTable>
      )}
    </div>
  );
}

function Whether({ there, as }: { there: boolean; as: string }) {
  return there ? <td>{as}</td> : <td class="debug-missing">{words.supervisor.missing}</td>;
}
