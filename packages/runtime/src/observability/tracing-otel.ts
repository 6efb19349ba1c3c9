import {
  DiagLogLevel,
  diag,
  SpanKind as Kind,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { version } from '../process/version.ts';
import type { Log } from './logger.ts';
import { recordSpans, type Span, type SpanKind, type Trace } from './trace.ts';

/** How long spans are batched before they are sent. What does not fit is dropped: nobody waits for a collector. */
const SEND_EVERY_MS = 1_000;
const SEND_WITHIN_MS = 5_000;
/** A collector that is gone is told of once in so long. */
const COMPLAIN_EVERY_MS = 60_000;

const kinds: Record<SpanKind, Kind> = {
  client: Kind.CLIENT,
  server: Kind.SERVER,
  consumer: Kind.CONSUMER,
  internal: Kind.INTERNAL,
};

/**
 * [O4] Makes spans of the steps of a trace and sends them to an OTLP collector. The only file that knows
 * OpenTelemetry's SDK: it is loaded when an endpoint is set, and else costs nothing. Which traces are kept depends on
 * their id alone, so that all services keep the same ones, and a client's flag does not decide it.
 */
export function startTracing(options: {
  endpoint: string;
  ratio: number;
  service: string;
  instance: string;
  log: Log;
}): { stop(): Promise<void> } {
  const complain = complainTo(options.log);
  const exporter = new OTLPTraceExporter({
    url: `${options.endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: SEND_WITHIN_MS,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': options.service,
      'service.namespace': 'baton',
      'service.instance.id': options.instance,
      'service.version': version,
    }),
    sampler: new TraceIdRatioBasedSampler(options.ratio),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: SEND_EVERY_MS })],
  });
  const tracer = provider.getTracer('baton', version);

  recordSpans({
    begin(name, kind, parent) {
      const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, contextOf(parent));
      return asStep(tracer.startSpan(name, { kind: kinds[kind] }, context));
    },
  });
  return {
    async stop() {
      recordSpans(undefined);
      // What cannot be sent at the end is dropped as at any other time: no reason to say that the process stopped
      // badly.
      await provider.shutdown().catch((error: unknown) => complain(String(error)));
      diag.disable();
    },
  };
}

const contextOf = ({ traceId, spanId }: Trace) => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });

function asStep(span: ReturnType<ReturnType<TracerProvider['getTracer']>['startSpan']>): Span {
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    note: (name, value) => void span.setAttribute(name, value),
    end(fault) {
      if (fault !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: fault });
      span.end();
    },
  };
}

function complainTo(log: Log): (detail: string) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = (detail: string) => {
    if (performance.now() - toldAt < COMPLAIN_EVERY_MS) return;
    toldAt = performance.now();
    log.warn({ detail: detail.slice(0, 500) }, 'spans cannot be sent to the collector; they are dropped');
  };
  const silent = () => {};
  diag.setLogger(
    { error: tell, warn: tell, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  return tell;
}
