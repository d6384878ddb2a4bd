import type pg from 'pg';
import type { Redactor } from '../../text/redaction/redactor.ts';

/**
 * Nothing that the engine records contains one of the operator's secrets: neither results and errors of steps, nor inputs or
 * messages. Only these exact values are masked: a model's answer must come back from the database unchanged.
 */
export function redactQueries(pool: pg.Pool, redact: Redactor): void {
  const clean = (value: unknown): unknown => (typeof value === 'string' ? redact(value) : value);
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...given: unknown[]) => unknown;
    const redacting = (first: unknown, second: unknown, ...rest: unknown[]): unknown => {
      const config = typeof first === 'object' && first !== null && 'values' in first ? cleanValues(first) : first;
      return query(config, Array.isArray(second) ? second.map(clean) : second, ...rest);
    };
    client.query = redacting as typeof client.query;
  });

  function cleanValues(config: object & { values?: unknown }): object {
    return { ...config, values: Array.isArray(config.values) ? config.values.map(clean) : config.values };
  }
}
