import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { z } from 'zod';
import { createLog, type Log } from '../observability/logger.ts';
import { createMetrics, type Metrics } from '../observability/metrics.ts';
import { throttled } from '../observability/throttled-log.ts';
import { type CommonConfig, ConfigError, loadDotEnv, readConfig } from './config.ts';
import { startWatchdog } from './watchdog.ts';

/** A stop that takes longer than this is given up, so that the process ends before its orchestrator kills it. */
const STOP_TIMEOUT_MS = 25_000;

export interface Parts<Config> {
  config: Config;
  /** Unique for each process; says in logs and metrics which one spoke. */
  instance: string;
  log: Log;
  metrics: Metrics;
  /** Registers how to release something, at once after it was acquired. Released in reverse order, one by one. */
  release(name: string, stop: () => unknown): void;
}

/**
 * Runs a service until it is told to stop.
 *
 * `start` acquires the parts one by one; on SIGTERM or SIGINT they are released in reverse order, so what takes work
 * in stops first and what the work needs stops last. [O1] A second signal ends the process at once. A fault that
 * nobody caught is logged and ends the process: its state is no longer known, and everything that counts is in
 * Postgres. So does an event loop that stands still.
 */
export async function runService<Shape extends z.ZodType<CommonConfig>>(
  options: { name: string; config: Shape },
  start: (parts: Parts<z.output<Shape>>) => Promise<void>,
): Promise<void> {
  let config: z.output<Shape>;
  try {
    loadDotEnv();
    config = readConfig(options.config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${options.name} cannot start: ${error.message}\n`);
    process.exit(78); // EX_CONFIG
  }

  const instance = config.INSTANCE ?? `${options.name}-${hostname()}-${randomBytes(3).toString('hex')}`.slice(-64);
  const log = createLog({ service: options.name, instance, level: config.LOG_LEVEL });
  const onFailure = (error: unknown) => log.error({ err: error }, 'the watchdog of the event loop has failed');
  startWatchdog({ service: options.name, instance, onFailure });
  const releases: { name: string; stop: () => unknown }[] = [];
  let stopping: Promise<void> | undefined;

  const releaseAll = async () => {
    for (const { name, stop } of releases.reverse()) {
      try {
        await stop();
      } catch (error) {
        log.error({ err: error, part: name }, 'a part could not be released');
      }
    }
  };
  const stop = (signal: string, code: number) => {
    if (stopping) process.exit(1);
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error('stopping took too long; leaving');
      process.exit(1);
    }, STOP_TIMEOUT_MS).unref();
    stopping = releaseAll().then(() => {
      throttled(log).stop();
      log.info('stopped');
      process.exit(code);
    });
  };
  process.on('SIGTERM', () => stop('SIGTERM', 0));
  process.on('SIGINT', () => stop('SIGINT', 0));
  const die = (error: unknown) => {
    log.fatal({ err: error }, 'a fault that nobody caught; leaving');
    process.exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);

  const release: Parts<unknown>['release'] = (name, stop) => releases.push({ name, stop });
  try {
    const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT;
    if (endpoint !== undefined) {
      const { startTracing } = await import('../observability/tracing-otel.ts');
      const ratio = config.OTEL_TRACES_SAMPLER_ARG;
      const tracing = startTracing({ endpoint, ratio, service: options.name, instance, log });
      release('tracing', tracing.stop);
    }
    await start({ config, instance, log, metrics: createMetrics(options.name), release });
    if (!stopping) log.info(`${options.name} is up`);
  } catch (error) {
    if (stopping) return;
    log.fatal({ err: error }, `${options.name} cannot start`);
    await releaseAll();
    process.exit(1);
  }
}
