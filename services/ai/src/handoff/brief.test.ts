import { describe, expect, it } from 'vitest';
import { bot, customer, started } from '../../test/entries.ts';
import { completeBrief } from './handoff.ts';

describe('the brief', () => {
  it('is put together from the last messages when nobody wrote one', () => {
    const brief = completeBrief({}, [started, bot(2, 'Hello!', 1), customer(3, 'My lamp'), customer(4, 'is broken')]);
    expect(brief).toEqual({
      summary: 'The last messages:\nAssistant: Hello!\nCustomer: My lamp\nCustomer: is broken',
      customerWants: 'My lamp\nis broken',
    });
  });
  it('keeps to its lengths, whatever was written', () => {
    const long = '🏮'.repeat(8_000);
    const brief = completeBrief({}, [customer(1, long), customer(2, long)]);
    expect(brief.summary.length).toBeLessThanOrEqual(2_000);
    expect(brief.customerWants?.length).toBeLessThanOrEqual(500);
    expect(`${brief.summary}${brief.customerWants}`.isWellFormed()).toBe(true);
  });
  it('says so when there is nothing to tell', () => {
    expect(completeBrief({}, [started])).toEqual({ summary: 'The customer has not written anything yet.' });
  });
});
