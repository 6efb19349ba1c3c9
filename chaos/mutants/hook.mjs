// Loaded into a service with `node --import`, in tests only: gives it one seeded bug, in memory. BATON_SEEDED_BUG is
// the path of a file with the patches as JSON. A patch whose text is not in its file ends the process: it would prove
// nothing.
import fs from 'node:fs';
import { registerHooks, syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';

/** @type {{ file: string, find: string, replace: string }[]} */
const patches = JSON.parse(fs.readFileSync(process.env.BATON_SEEDED_BUG ?? '', 'utf8'));

/** @param {string} path @param {string} text */
function patched(path, text) {
  let result = text;
  for (const { file, find, replace } of patches) {
    if (!path.endsWith(file)) continue;
    if (!result.includes(find)) throw new Error(`${file} has no such text to patch: ${find}`);
    result = result.replace(find, () => replace);
  }
  return result;
}

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.startsWith('file:') || loaded.source === undefined || loaded.source === null) return loaded;
    const path = fileURLToPath(url);
    if (!patches.some(({ file }) => path.endsWith(file))) return loaded;
    return { ...loaded, source: patched(path, Buffer.from(loaded.source).toString('utf8')) };
  },
});

// Scripts for Redis are not modules; they are read as files.
const { readFileSync } = fs;
// @ts-expect-error the overloads of what is replaced are kept by passing everything on
fs.readFileSync = (path, ...rest) => {
  const content = readFileSync(path, ...rest);
  const name = path instanceof URL ? fileURLToPath(path) : String(path);
  return name.endsWith('.lua') && typeof content === 'string' ? patched(name, content) : content;
};
syncBuiltinESMExports();
