import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';
import { EnginePanic, InvalidParams } from './failures/failure.ts';

export type Engine = glue.SchemaEngine;

let panicMessage = '';
let loading: Promise<void> | undefined;

/**
 * Makes an engine, connected to its database.
 * @param datamodels Prisma schema files as [path, text]; none for a request that brings its own
 * @param log takes the engine's log, lines of JSON
 */
export async function createEngine(
  datamodels: [string, string][],
  log: (line: string) => void,
  factory: SqlMigrationAwareDriverAdapterFactory,
): Promise<Engine> {
  await loadModule();
  return await guarded(() =>
    glue.SchemaEngine.new(
      { datamodels: datamodels.length > 0 ? datamodels : undefined },
      log,
      bindMigrationAwareSqlAdapterFactory(factory),
    ),
  );
}

/** The commit of prisma-engines that the WebAssembly was built from. */
export async function engineVersion(): Promise<string> {
  await loadModule();
  return glue.version();
}

/**
 * Awaits a call of the engine.
 * @throws {EnginePanic} when its Rust code panicked: the module must not be used again
 * @throws {InvalidParams} when it could not read what it was given. It throws that outside of the promise, which
 *   then never settles, and which leaves the engine locked: a new one is needed.
 */
export async function guarded<T>(call: () => Promise<T>): Promise<T> {
  let onUncaught: (error: Error) => void = () => {};
  const uncaught = new Promise<never>((_, reject) => {
    onUncaught = (error) =>
      reject(error instanceof WebAssembly.RuntimeError ? error : new InvalidParams(error.message));
    process.on('uncaughtException', onUncaught);
  });
  try {
    return await Promise.race([call(), uncaught]);
  } catch (thrown) {
    if (thrown instanceof WebAssembly.RuntimeError) throw new EnginePanic(panicMessage || thrown.message);
    throw thrown;
  } finally {
    process.off('uncaughtException', onUncaught);
  }
}

function loadModule(): Promise<void> {
  loading ??= instantiate();
  return loading;
}

/** Node imports WebAssembly modules only behind a flag, so the package's own entry point cannot be used. */
async function instantiate(): Promise<void> {
  const file = fileURLToPath(new URL('./schema_engine_bg.wasm', import.meta.resolve('@prisma/schema-engine-wasm')));
  // The engine's panic hook calls this global by its name.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message(message: string) {
        panicMessage = message;
      },
    },
  });
  const { instance } = await WebAssembly.instantiate(await readFile(file), {
    './schema_engine_bg.js': { ...glue },
  });
  glue.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start !== 'function') throw new Error('@prisma/schema-engine-wasm has another layout than expected.');
  start();
}
