import { describe, expect, it } from 'vitest';
import { channels, kindOf, paramsOf, subjectOf } from '../index.ts';

const { entry } = channels.live;

describe('the subject of a channel', () => {
  it('has the root first, and a token for each parameter', () => {
    expect(subjectOf('chat', entry, { session: 'one' })).toBe('chat.live.one.entry');
    expect(subjectOf('other', channels.queue.changed, {})).toBe('other.queue.changed');
  });

  it('has a wildcard for a parameter that is left out', () => {
    expect(subjectOf('chat', entry, {})).toBe('chat.live.*.entry');
  });

  it.each(['', '*', '>', 'a.b', 'a b', 'a\nb'])('is none with %j, which is not one token', (session) => {
    expect(() => subjectOf('chat', entry, { session })).toThrow(RangeError);
  });

  it('gives its parameters back', () => {
    const params = { agent: 'one' };
    expect(paramsOf(channels.agent.rated, subjectOf('root', channels.agent.rated, params))).toEqual(params);
    expect(paramsOf(channels.queue.changed, 'chat.queue.changed')).toEqual({});
  });

  it('ends with the kind', () => {
    expect(kindOf('chat.live.one.entry')).toBe('entry');
  });
});
