import { ConfigError, readConfig } from './config.ts';
import { type OfflineModel, startOfflineModel } from './index.ts';

/** How long answers that are being written may go on after SIGTERM. */
const GRACE_MS = 3000;

async function start(): Promise<OfflineModel> {
  const config = readConfig(process.env);
  try {
    return await startOfflineModel(config);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE')
      throw new ConfigError(`PORT ${config.port} on ${config.host} is taken; set PORT to another, or to 0 for any`);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new ConfigError(`KNOWLEDGE_DIR is not a folder: "${config.knowledgeDir}"`);
    throw error;
  }
}

try {
  const model = await start();
  process.stdout.write(
    `offline model ready: ${model.baseUrl} (model ${model.model}, ${model.sections} sections of knowledge)\n`,
  );
  const stop = (): void => {
    void model.close(GRACE_MS);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  process.stderr.write(`offline model: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
