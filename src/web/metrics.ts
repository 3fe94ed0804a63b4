import { timingSafeEqual } from 'node:crypto';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { App } from '../lib/app.ts';
import { Fault } from '../lib/fault.ts';
import type { Context } from './context.ts';

/** What this process measures of itself. Labels are routes and statuses: never a path value, an id or a person. */
export interface Metrics {
  /** Counts one answer. `route` is the pattern that matched; null for the provider's own and unknown addresses. */
  countAnswer(answer: {
    method: string;
    route: string | null;
    status: number;
    seconds: number;
  }): void;
  /** The text that a collector reads (OpenMetrics), and its media type. */
  read(): Promise<{ text: string; contentType: string }>;
}

const BUCKET_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const answers = new Histogram({
    name: 'tangchat_http_answer_seconds',
    help: 'Time to answer a request, by route pattern and status',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKET_SECONDS,
    registers: [registry],
  });
  return {
    countAnswer: ({ method, route, status, seconds }) =>
      answers.observe({ method, route: route ?? 'other', status }, seconds),
    read: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  };
}

/**
 * GET /metrics: for the collector that knows METRICS_TOKEN (`Authorization: Bearer`). Without that setting it is
 * open in the sandbox and absent in production.
 */
export async function showMetrics(ctx: Context, app: App & { metrics: Metrics }): Promise<void> {
  const token = app.config.METRICS_TOKEN;
  if (token === undefined && !app.config.sandbox) throw new Fault('not_found');
  if (token !== undefined && !isBearer(ctx.get('authorization'), token))
    throw new Fault('not_signed_in');
  const { text, contentType } = await app.metrics.read();
  ctx.type = contentType;
  ctx.set('cache-control', 'no-store');
  ctx.body = text;
}

function isBearer(header: string, token: string): boolean {
  const given = Buffer.from(header);
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
