import type { Brief } from '@baton/client';
import { Badge } from '@baton/design';
import { words } from '../words/words.ts';
import './brief.css';

const languages = new Intl.DisplayNames('en', { type: 'language' });

/** What the bot told of the chat at the handoff. */
export function BriefText({ brief, reason }: { brief: Brief | null; reason?: string | undefined }) {
  if (brief === null)
    return (
      <div class="brief">
        {reason !== undefined && <p class="brief-summary">{reason}</p>}
        <p class="faint">{words.waiting.noBrief}</p>
      </div>
    );
  const { summary, customerWants, tried, mood, language } = brief;
  return (
    <div class="brief">
      <p class="brief-summary">{summary}</p>
      <dl class="brief-facts">
        {customerWants !== undefined && <Fact name={words.customer.wants} value={customerWants} />}
        {tried !== undefined && <Fact name={words.customer.tried} value={tried} />}
      </dl>
      {(mood !== undefined || language !== undefined) && (
        <p class="brief-marks">
          {mood !== undefined && (
            <Badge tone={mood === 'calm' ? 'good' : mood === 'upset' ? 'human' : 'danger'}>
              {words.customer.moods[mood]}
            </Badge>
          )}
          {language !== undefined && <Badge>{languageName(language)}</Badge>}
        </p>
      )}
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

/** A model wrote the tag, so it may be none. */
function languageName(tag: string): string {
  try {
    return languages.of(tag) ?? tag;
  } catch {
    return tag;
  }
}
