import { expect, it } from 'vitest';
import { follow, type Passing, type Path } from './follow.ts';

const path: Path = [
  ['client', 'write', 'server'],
  ['server', 'read', 'client'],
  ['server', 'write', 'client'],
];
const passing = (atMicros: number, [who, kind, peer]: Path[number] = ['', 'read', '']): Passing => ({
  atMicros,
  who,
  kind,
  peer,
});
const walk = (...at: number[]) => at.map((micros, step) => passing(micros, path[step]));

it('tells how long each step of each message took', () => {
  expect(follow([...walk(0, 10, 25), ...walk(1_000, 1_007, 1_030)], path)).toEqual([
    [10, 15],
    [7, 23],
  ]);
});

it('takes no notice of what else happens meanwhile', () => {
  const [sent, read, written] = walk(0, 10, 25);
  if (!sent || !read || !written) throw new Error('three');
  const other = passing(5, ['server', 'read', 'elsewhere']);
  expect(follow([sent, other, read, passing(12, path[1]), written], path)).toEqual([[10, 15]]);
});

it('leaves out a message that the next one overtakes, and one that takes too long', () => {
  expect(follow([...walk(0, 10), ...walk(20, 25, 30)], path)).toEqual([[5, 5]]);
  expect(follow(walk(0, 10, 30_000), path)).toEqual([]);
});
