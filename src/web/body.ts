import busboy from 'busboy';
import type { z } from 'zod';
import { Fault } from '../lib/fault.ts';
import type { Context } from './context.ts';

export interface UploadedFile {
  fileName: string;
  mimeType: string;
  bytes: Buffer;
}

/** A parsed post: form fields (several values under one name stay several), files, or JSON. */
export interface RequestBody {
  fields: Record<string, string[]>;
  files: Record<string, UploadedFile>;
  json: unknown;
}

export const EMPTY_BODY: RequestBody = { fields: {}, files: {}, json: undefined };
const FORM_BYTES = 64 * 1024;
const FILE_BYTES = 8 * 1024 * 1024;
const FIELDS = 200;
const FILES = 2;
/** So much of a refused body is let go by, so that its sender gets to read the refusal. */
const DISCARDED_BYTES = 32 * 1024 * 1024;

/**
 * Reads at most `maxBytes` of the request. Throws `too_large` (413) past that, before more is held.
 */
export async function readBytes(ctx: Context, maxBytes: number): Promise<Buffer> {
  if (Number(ctx.get('content-length') || 0) > maxBytes) throw new Fault('too_large');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of ctx.req.iterator({ destroyOnReturn: false })) {
    length += (chunk as Buffer).length;
    if (length > maxBytes) {
      discardRest(ctx);
      throw new Fault('too_large');
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** Lets the rest of the body go by unread: a connection that is cut at once loses the answer. Who never stops is cut off. */
function discardRest({ req }: Context): void {
  let left = DISCARDED_BYTES;
  req.on('error', () => {});
  req.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) req.destroy();
  });
  req.resume();
}

/**
 * Parses a body by its content type; refuses others (415), too much (413) and malformed ones (400). Files only where
 * the route takes `uploads`: nobody else holds our memory with them.
 */
export async function parseBody(
  ctx: Context,
  { uploads = false }: { uploads?: boolean } = {},
): Promise<RequestBody> {
  if (ctx.is('application/x-www-form-urlencoded')) {
    const text = (await readBytes(ctx, FORM_BYTES)).toString('utf8');
    return { ...EMPTY_BODY, fields: toFields(new URLSearchParams(text)) };
  }
  if (ctx.is('application/json')) {
    const text = (await readBytes(ctx, FORM_BYTES)).toString('utf8');
    try {
      return { ...EMPTY_BODY, json: JSON.parse(text) as unknown };
    } catch {
      throw new Fault('bad_request', { detail: 'The body is not JSON.' });
    }
  }
  if (ctx.is('multipart/form-data')) return parseMultipart(ctx, uploads);
  if (Number(ctx.get('content-length') || 0) === 0) return EMPTY_BODY;
  throw new Fault('unsupported_type');
}

function toFields(params: Iterable<[string, string]>): Record<string, string[]> {
  const fields: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  let count = 0;
  for (const [name, value] of params) {
    if (++count > FIELDS) throw new Fault('bad_request', { detail: 'Too many fields.' });
    if (`${name}${value}`.includes('\0')) throw new Fault('bad_request', { detail: 'A NUL.' });
    (fields[name] ??= []).push(value);
  }
  return fields;
}

function parseMultipart(ctx: Context, uploads: boolean): Promise<RequestBody> {
  const maxBytes = FORM_BYTES + (uploads ? FILES * FILE_BYTES : 0);
  return new Promise((resolve, reject) => {
    const pairs: [string, string][] = [];
    const files: Record<string, UploadedFile> = Object.create(null) as Record<string, UploadedFile>;
    let parser: busboy.Busboy;
    try {
      parser = busboy({
        headers: ctx.req.headers,
        limits: {
          fileSize: FILE_BYTES,
          files: uploads ? FILES : 0,
          fields: FIELDS,
          fieldSize: FORM_BYTES,
        },
      });
    } catch {
      reject(new Fault('bad_request', { detail: 'The multipart form is malformed.' }));
      return;
    }
    const fail = (fault: Fault) => {
      ctx.req.unpipe(parser);
      discardRest(ctx);
      reject(fault);
    };
    let length = 0;
    ctx.req.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) fail(new Fault('too_large'));
    });
    parser.on('field', (name, value) => pairs.push([name, value]));
    parser.on('file', (name, stream, info) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('limit', () => fail(new Fault('too_large')));
      stream.on('end', () => {
        files[name] = {
          fileName: info.filename ?? '',
          mimeType: info.mimeType,
          bytes: Buffer.concat(chunks),
        };
      });
    });
    parser.on('filesLimit', () => fail(new Fault('bad_request', { detail: 'Too many files.' })));
    parser.on('error', () =>
      fail(new Fault('bad_request', { detail: 'The multipart form is malformed.' })),
    );
    parser.on('close', () => {
      try {
        resolve({ fields: toFields(pairs), files, json: undefined });
      } catch (error) {
        reject(error);
      }
    });
    ctx.req.on('aborted', () => reject(new Fault('bad_request')));
    ctx.req.pipe(parser);
  });
}

export type FormResult<Value> =
  | { ok: true; value: Value }
  /** Per field a locale key of what is wrong; `input` is what was typed, to show again. */
  | { ok: false; errors: Record<string, string>; input: Record<string, string> };

/**
 * Parses the posted form with a schema whose messages are locale keys.
 * A field sent once is text, several times an array.
 */
export function readForm<Value>(ctx: Context, schema: z.ZodType<Value>): FormResult<Value> {
  const { fields } = ctx.state.body;
  const flat = Object.fromEntries(
    Object.entries(fields).map(([name, values]) => [
      name,
      values.length === 1 ? values[0] : values,
    ]),
  );
  const parsed = schema.safeParse(flat);
  if (parsed.success) return { ok: true, value: parsed.data };
  const errors: Record<string, string> = {};
  for (const issue of parsed.error.issues) errors[String(issue.path[0] ?? '')] ??= issue.message;
  const input = Object.fromEntries(
    Object.entries(fields).map(([name, values]) => [name, values[0] ?? '']),
  );
  return { ok: false, errors, input };
}

/** Parses a JSON post. Throws `invalid_input` (422) with the path of the first thing wrong. */
export function readJson<Value>(ctx: Context, schema: z.ZodType<Value>): Value {
  const parsed = schema.safeParse(ctx.state.body.json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Fault('invalid_input', {
    detail: issue
      ? `${issue.path.join('.') || 'body'}: ${issue.message}`
      : 'The body is not valid.',
  });
}
