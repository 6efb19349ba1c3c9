import type { SystemStats } from '@baton/client';
import { Badge } from '@baton/design';
import { customerName } from '../customer/customer-name.ts';
import { Stars } from '../rating/stars.tsx';
import { decimal, number, timeOfDay, words } from '../words/words.ts';
import { PanelTable } from './panel-table.tsx';

/** What customers said in the last 24 hours: the average, how many, and the newest in their own words. */
export function Ratings({ stats }: { stats: SystemStats }) {
  const { averageRating, ratingsLast24h = 0, recentRatings = [] } = stats;
  return (
    <section class="panel" aria-labelledby="ratings-title">
      <h2 id="ratings-title">
        {words.rating.title}
        {ratingsLast24h > 0 && <Badge>{number(ratingsLast24h)}</Badge>}
      </h2>
      {averageRating === null ? (
        <p class="faint">{words.rating.none}</p>
      ) : (
        <p class="ratings-average">
          <strong>{decimal(averageRating)}</strong> {words.rating.average}
        </p>
      )}
      {recentRatings.length > 0 && (
        <PanelTable
          columns={[
            { title: words.rating.rating },
            { title: words.supervisor.customer },
            { title: words.supervisor.agent },
            { title: words.rating.comment },
            { title: words.rating.time, numbers: true },
          ]}
        >
          {recentRatings.map(
            ({ sessionId, score, comment, ratedAt, userId, customerName: name, agentId, agentName }) => (
              <tr key={sessionId}>
                <td>
                  <Stars score={score} />
                </td>
                <th scope="row">{customerName({ userId, metadata: name === undefined ? {} : { name } })}</th>
                <td>{agentId === null ? words.rating.noAgent : (agentName ?? '–')}</td>
                <td>{comment ?? <span class="faint">{words.rating.noComment}</span>}</td>
                <td class="table-number">
                  <time dateTime={ratedAt}>{timeOfDay(ratedAt)}</time>
                </td>
              </tr>
            ),
          )}
        </PanelTable>
      )}
    </section>
  );
}
