import { startOfflineModel } from './index.ts';

/** How long answers that are being written may go on after SIGTERM. */
const GRACE_MS = 3000;

/** A variable; an empty one counts as absent. @throws Error that names it when its value does not fit */
function read(name: string, fallback: string, fits: RegExp, must: string): string {
  const value = process.env[name] || fallback;
  if (fits.test(value)) return value;
  throw new Error(`${name} must be ${must}, but is "${value}"`);
}

/** What stands in the way of a start, in one line. */
function explain(error: unknown): string {
  const { PORT, HOST, KNOWLEDGE_DIR } = process.env;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return `PORT ${PORT || 3014} on ${HOST || '127.0.0.1'} is taken; set PORT to another, or to 0 for any`;
  if (code === 'ENOENT' || code === 'ENOTDIR') return `KNOWLEDGE_DIR is not a folder: "${KNOWLEDGE_DIR}"`;
  return error instanceof Error ? error.message : String(error);
}

try {
  const model = await startOfflineModel({
    port: Number(read('PORT', '3014', /^\d{1,5}$/, 'a whole number from 0 to 65535')),
    host: process.env.HOST || '127.0.0.1',
    tokensPerSecond: Number(read('TOKENS_PER_SECOND', '40', /^\d{1,5}(?:\.\d+)?$/, 'a number from 0 to 99999')),
    control: read('CONTROL', 'false', /^(?:true|false)$/, 'true or false') === 'true',
    knowledgeDir: process.env.KNOWLEDGE_DIR || undefined,
    apiKey: process.env.API_KEY || undefined,
  });
  process.stdout.write(
    `offline model ready: ${model.baseUrl} (model ${model.model}, ${model.sections} sections of knowledge)\n`,
  );
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void model.close(GRACE_MS));
} catch (error) {
  process.stderr.write(`offline model: ${explain(error)}\n`);
  process.exitCode = 1;
}
