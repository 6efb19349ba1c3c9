import { isTrustedSource, session, source } from '@baton/contracts';
import { describe, expect, it } from 'vitest';
import { createSourceOf } from './session-source.ts';

describe('[S6] where a chat comes from', () => {
  const sourceOf = createSourceOf('a secret of a test, of 32 characters');
  const addressIn = (text: string) => text.split('.')[0];

  it('is the same for one customer at one address, and has a part that all customers there share', () => {
    const one = sourceOf('192.0.2.7', 'ada');
    expect(source.safeParse(one).success).toBe(true);
    expect(sourceOf('::ffff:192.0.2.7', 'ada')).toBe(one);
    expect(addressIn(sourceOf('192.0.2.7', 'bob'))).toBe(addressIn(one));
    expect(sourceOf('192.0.2.7', 'bob')).not.toBe(one);
  });

  it("of another's name at another address shares nothing with that other", () => {
    const [ada, forged] = [sourceOf('192.0.2.7', 'ada'), sourceOf('198.51.100.1', 'ada')].map((text) =>
      text.split('.'),
    );
    for (const part of forged ?? []) expect(ada).not.toContain(part);
  });

  it('says so when the network is trusted, and nobody else can', () => {
    const trusting = createSourceOf('a secret of a test, of 32 characters', (address) => address === '10.0.0.1');
    const one = trusting('10.0.0.1', 'ada');
    expect(source.safeParse(one).success).toBe(true);
    expect(isTrustedSource(one)).toBe(true);
    expect(isTrustedSource(trusting('192.0.2.7', 'trusted_'))).toBe(false);
    expect(trusting('192.0.2.7', 'ada')).toBe(sourceOf('192.0.2.7', 'ada'));
  });

  it('tells neither, and nothing without the key', () => {
    const one = sourceOf('192.0.2.7', 'ada@example.com');
    expect(one).not.toMatch(/192|ada|example/);
    expect(createSourceOf('another secret')('192.0.2.7', 'ada@example.com')).not.toBe(one);
  });

  it('is no field of a session, which customers and agents are sent', () => {
    expect(Object.keys(session.shape)).not.toContain('source');
  });
});
