import { failure, type Outcome, success } from '../../domain/outcome.ts';

/** Where OpenTelemetry traces go, from OpenTelemetry's own variables. */
export interface TraceSettings {
  /** Without `/v1/traces`. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
}

/**
 * `OTEL_EXPORTER_OTLP_HEADERS`: `name=value,name=value`, with values percent-encoded.
 * @returns or what is wrong with it, as the rest of a sentence; values are secrets, and not repeated.
 */
export function parseHeaders(text: string): Outcome<Readonly<Record<string, string>>> {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
    const [, name, value] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    const decoded = value === undefined ? null : decode(value);
    if (name === undefined || decoded === null) return failure('must be name=value pairs separated by commas');
    headers[name] = decoded;
  }
  return success(headers);
}

function decode(value: string): string | null {
  try {
    const text = decodeURIComponent(value);
    // A line break would end the header, and begin another one.
    return /^[\t\x20-\x7e\x80-\xff]*$/.test(text) ? text : null;
  } catch {
    return null;
  }
}
