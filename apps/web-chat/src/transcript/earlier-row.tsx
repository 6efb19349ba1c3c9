import { Button } from '@baton/design';
import type { Language } from '../i18n/i18n.ts';
import type { Earlier } from './use-earlier.ts';

/** Above the first message that is there, while there are others before it. */
export function EarlierRow({ earlier, say }: { earlier: Earlier; say: Language['say'] }) {
  return (
    <div class="row-earlier">
      {earlier.failed && <p role="status">{say('earlierFailed')}</p>}
      <Button kind="quiet" size="s" busy={earlier.loading} onClick={earlier.ask}>
        {say('earlier')}
      </Button>
    </div>
  );
}
