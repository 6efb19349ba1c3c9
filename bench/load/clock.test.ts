import { expect, it } from 'vitest';
import { besidesTheModel, stamp } from './clock.ts';

it("takes the model's own time off", () => {
  expect(besidesTheModel(`${stamp(1_003.5, 1_053.5)} Hello`, 1_000, 1_058)).toBe(8);
  expect(besidesTheModel('Hello', 1_000, 1_058)).toBeUndefined();
});
