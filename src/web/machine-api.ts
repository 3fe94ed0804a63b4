import { z } from 'zod';
import type { ApiOperation } from './describe-api.ts';

/** Health and figures of one node. */
export const MACHINE_API: readonly ApiOperation[] = [
  {
    method: 'GET',
    path: '/health/live',
    id: 'showLive',
    tag: 'operation',
    summary: 'The process runs.',
    security: 'none',
    answers: { 200: { says: 'It runs.', schema: z.object({ status: z.literal('live') }) } },
  },
  {
    method: 'GET',
    path: '/health/ready',
    id: 'showReady',
    tag: 'operation',
    summary: 'The process can serve: its database answers.',
    security: 'none',
    answers: { 200: { says: 'It can.', schema: z.object({ status: z.literal('ready') }) } },
  },
  {
    method: 'GET',
    path: '/metrics',
    id: 'showMetrics',
    tag: 'operation',
    summary: 'Figures in the text format of Prometheus.',
    security: 'collector',
    answers: { 200: { says: 'The figures.', schema: 'text' } },
    faults: ['not_signed_in', 'not_found'],
  },
  {
    method: 'GET',
    path: '/openapi.json',
    id: 'showOpenApi',
    tag: 'operation',
    summary: 'This description.',
    security: 'none',
    answers: { 200: { says: 'OpenAPI 3.1.', schema: z.looseObject({ openapi: z.string() }) } },
  },
];
