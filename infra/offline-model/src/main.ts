import { startOfflineModel } from './index.ts';

/** How long answers that are being written may go on after SIGTERM. */
const GRACE_MS = 3000;

/** A line that names the variable and what is wrong with it. */
const wrong = (name: string, must: string, value: unknown) => new Error(`${name} ${must}, but is "${String(value)}"`);

/** Reads the environment. An empty value counts as absent. @throws Error that names the wrong variable */
function readConfig(env: NodeJS.ProcessEnv) {
  const number = (name: string, fallback: number, most: number, whole: boolean): number => {
    const given = env[name] || String(fallback);
    const value = Number(given);
    if (given.trim() !== '' && value >= 0 && value <= most && (!whole || Number.isInteger(value))) return value;
    throw wrong(name, `must be a ${whole ? 'whole ' : ''}number from 0 to ${most}`, given);
  };
  const control = env.CONTROL || 'false';
  if (control !== 'true' && control !== 'false') throw wrong('CONTROL', 'must be true or false', control);
  return {
    port: number('PORT', 3014, 65_535, true),
    host: env.HOST || '127.0.0.1',
    tokensPerSecond: number('TOKENS_PER_SECOND', 40, 100_000, false),
    control: control === 'true',
    knowledgeDir: env.KNOWLEDGE_DIR || undefined,
    apiKey: env.API_KEY || undefined,
  };
}

/** Says in one line what stands in the way of a start. */
function explain(error: unknown, { PORT, HOST, KNOWLEDGE_DIR }: NodeJS.ProcessEnv): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return `PORT ${PORT || 3014} on ${HOST || '127.0.0.1'} is taken; set PORT to another, or to 0 for any`;
  if (code === 'ENOENT' || code === 'ENOTDIR') return `KNOWLEDGE_DIR is not a folder: "${KNOWLEDGE_DIR}"`;
  return error instanceof Error ? error.message : String(error);
}

try {
  const model = await startOfflineModel(readConfig(process.env));
  process.stdout.write(
    `offline model ready: ${model.baseUrl} (model ${model.model}, ${model.sections} sections of knowledge)\n`,
  );
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void model.close(GRACE_MS));
} catch (error) {
  process.stderr.write(`offline model: ${explain(error, process.env)}\n`);
  process.exitCode = 1;
}
