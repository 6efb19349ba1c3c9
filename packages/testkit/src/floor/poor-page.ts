import type { Page } from 'playwright-core';
import { beyondTheFloor } from './support.ts';

/**
 * From the next load on, the page has nothing that any browser of the floor lacks, as far as scripts can tell: no
 * constructor, function or property of a later day. Style sheets are not concerned.
 */
export async function makePoor(page: Page): Promise<void> {
  await page.addInitScript((beyond) => {
    const world = globalThis as unknown as Record<string, unknown>;
    const take = (from: unknown, name: string): void => {
      if (from === undefined || from === null) return;
      try {
        Reflect.deleteProperty(from as object, name);
      } catch {
        // Not to be taken.
      }
    };
    const objectOf = (name: string): unknown =>
      name.split('.').reduce<unknown>((at, one) => Reflect.get(at as object, one), world);
    const prototypeOf = (name: string): unknown => {
      const found = objectOf(name);
      return typeof found === 'function' ? found.prototype : found;
    };
    for (const [name, member] of beyond.members) take(prototypeOf(name), member);
    for (const [name, member] of beyond.statics) take(objectOf(name), member);
    for (const name of beyond.constructors) {
      const real = objectOf(name);
      if (typeof real !== 'function') continue;
      const bare = function illegal(): never {
        throw new TypeError('Illegal constructor');
      };
      bare.prototype = real.prototype;
      world[name] = bare;
    }
    for (const name of beyond.globals) take(world, name);
  }, beyondTheFloor());
}
