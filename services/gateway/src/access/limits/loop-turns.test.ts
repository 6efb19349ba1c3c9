import { expect, it } from 'vitest';
import { createLoopTurns } from './loop-turns.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

it('[S6] does some in one turn of the event loop, the rest in order in later ones, and each line by itself', async () => {
  const newLine = createLoopTurns(3);
  const lines: Record<string, ReturnType<typeof newLine>> = { a: newLine(), b: newLine() };
  const done: string[] = [];
  const add = (line: string, name: string) => {
    const waits = lines[line]?.();
    if (waits === undefined) done.push(name);
    else void waits.then(() => done.push(name));
  };
  for (let n = 0; n < 8; n++) add('a', `a${n}`);
  add('b', 'b0');
  expect(done).toEqual(['a0', 'a1', 'a2', 'b0']);
  await nextTurn();
  expect(done.slice(4)).toEqual(['a3', 'a4', 'a5']);
  add('a', 'a8');
  add('b', 'b1');
  await nextTurn();
  expect(done.slice(7)).toEqual(['b1', 'a6', 'a7', 'a8']);
  await nextTurn();
  add('a', 'a9');
  expect(done.at(-1)).toBe('a9');
});
