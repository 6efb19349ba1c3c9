import { trustedSource } from '@baton/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFairQueue, type Origin, originOf } from './fair-queue.ts';

const of = (path: string): Origin => {
  const [address = '', customer = '', chat = ''] = path.split('/');
  return { address, customer: `${address}/${customer}`, chat: path.split('#', 1)[0] ?? chat };
};
/** Adds `address/customer/chat#what`, and takes all that may be taken. */
function served(paths: readonly string[], may = {}): string[] {
  const queue = createFairQueue<string>();
  for (const path of paths) queue.add(of(path), path);
  const taken: string[] = [];
  for (let next = queue.take(may); next !== undefined; next = queue.take(may)) taken.push(next);
  return taken;
}

describe('[S6] a fair queue', () => {
  it('is round robin over addresses', () => {
    const flood = Array.from({ length: 100 }, (_, n) => `mallory/m${n}/${n}`);
    expect(served([...flood, 'ann/a/1', 'bob/b/1']).slice(0, 4)).toEqual([
      'mallory/m0/0',
      'ann/a/1',
      'bob/b/1',
      'mallory/m1/1',
    ]);
  });

  it('is round robin over the customers of an address, and over the sessions of a customer', () => {
    const office = ['o/m/1#1', 'o/m/1#2', 'o/m/2#1', 'o/m/3#1', 'o/ann/1#1', 'o/ann/1#2'];
    expect(served(office)).toEqual(['o/m/1#1', 'o/ann/1#1', 'o/m/2#1', 'o/ann/1#2', 'o/m/3#1', 'o/m/1#2']);
  });

  it('keeps the order of one session, and the positions of those it skips', () => {
    expect(served(['a/x/1#1', 'a/x/1#2', 'a/x/1#3'])).toEqual(['a/x/1#1', 'a/x/1#2', 'a/x/1#3']);
    const paths = ['a/x/1', 'a/y/1', 'b/z/1'];
    expect(served(paths, { address: (key: string) => key !== 'a' })).toEqual(['b/z/1']);
    expect(served(paths, { customer: (key: string) => key !== 'a/x' })).toEqual(['a/y/1', 'b/z/1']);
  });

  it('removes an item, and returns whether it was still queued', () => {
    const queue = createFairQueue<string>();
    queue.add(of('a/x/1'), 'one');
    queue.add(of('a/x/1'), 'two');
    expect([queue.remove(of('a/x/1'), 'one'), queue.remove(of('a/x/1'), 'one'), queue.size]).toEqual([true, false, 1]);
    expect([queue.take(), queue.take(), queue.size]).toEqual(['two', undefined, 0]);
    expect(queue.remove(of('nobody/x/1'), 'two')).toBe(false);
  });

  it('loses and duplicates nothing, and no address waits for two items of another', () => {
    const path = fc
      .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y'), fc.constantFrom('1', '2'), fc.nat())
      .map(([address, customer, chat, n]) => `${address}/${customer}/${chat}#${n}`);
    fc.assert(
      fc.property(fc.array(path, { maxLength: 60 }), (paths) => {
        const taken = served(paths);
        expect([...taken].sort()).toEqual([...paths].sort());
        for (const address of ['a', 'b', 'c']) {
          const places = taken.flatMap((one, index) => (one.startsWith(address) ? [index] : []));
          for (const [n, place] of places.entries()) {
            const before = taken.slice(n === 0 ? 0 : (places[n - 1] ?? 0) + 1, place).map((one) => one[0]);
            expect(new Set(before).size).toBe(before.length);
          }
        }
      }),
    );
  });

  it('reads the address from the source; a session without one stands for itself', () => {
    expect(originOf('chat', 'address.customer')).toEqual({
      address: 'address',
      customer: 'address.customer',
      chat: 'chat',
    });
    expect(originOf('chat', undefined)).toEqual({ address: 'chat', customer: 'chat', chat: 'chat' });
    const trusted = trustedSource('office.ann');
    expect(originOf('chat', trusted)).toEqual({ address: trusted, customer: trusted, chat: 'chat' });
  });
});
