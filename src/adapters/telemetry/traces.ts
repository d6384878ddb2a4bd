import { AsyncLocalStorage } from 'node:async_hooks';
import { type Span as OtelSpan, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Attributes, Telemetry } from '../../ports/telemetry.ts';

/** Where spans go: OTLP over HTTP, as JSON. */
export interface TraceExport {
  /** The whole address, `/v1/traces` included. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** This process among those of the service. */
  readonly instance: string;
}

export interface Traces extends Pick<Telemetry, 'span'> {
  /** Sends what is still here; to be called once, at the end. Never throws. */
  close(): Promise<void>;
}

const KINDS = { root: SpanKind.CONSUMER, internal: SpanKind.INTERNAL, client: SpanKind.CLIENT };
/** An id of ours is at most a few hundred characters; a longer one would be somebody's text. */
const LONGEST_ATTRIBUTE = 300;
const EXPORT_EVERY_MS = 1_000;

/**
 * OpenTelemetry's SDK, which takes a tenth of a second to load: this module is imported only where an operator wants traces. Nothing global is set, so
 * that no library adds spans of its own, which might hold a request's address.
 */
export function openTraces({ url, headers, serviceName, instance }: TraceExport): Traces {
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers } });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.instance.id': instance }),
    spanLimits: { attributeValueLengthLimit: LONGEST_ATTRIBUTE },
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: EXPORT_EVERY_MS })],
  });
  const tracer = provider.getTracer('planwright');
  const current = new AsyncLocalStorage<OtelSpan>();

  return {
    async span({ name, attributes = {}, kind = 'internal' }, run) {
      const parent = kind === 'root' ? undefined : current.getStore();
      // What happens outside of a workflow (a sweep, a token that is minted) would be a trace of one span each.
      if (kind !== 'root' && parent === undefined) return run({ set: () => {} });
      const context = parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
      const span = tracer.startSpan(name, { kind: KINDS[kind], attributes: present(attributes) }, context);
      try {
        return await current.run(span, () => run({ set: (more) => void span.setAttributes(present(more)) }));
      } catch (error) {
        // The message may quote what people have written; the error is in the log.
        span.setStatus({ code: SpanStatusCode.ERROR });
        span.setAttributes({ 'error.type': error instanceof Error ? error.name : 'unknown' });
        throw error;
      } finally {
        span.end();
      }
    },
    close: () => provider.shutdown().catch(() => {}),
  };
}

const present = (attributes: Attributes): Record<string, string | number | boolean> =>
  Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, string | number | boolean] => entry[1] !== null),
  );
