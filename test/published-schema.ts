import type { z } from 'zod';

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];
interface Answer {
  content?: Record<string, { schema: JsonSchema }>;
}
interface Document {
  paths: Record<string, Record<string, { responses?: Record<string, Answer> }>>;
  components?: { schemas?: Record<string, unknown> };
}

/** What /openapi.json says that this answer is, whole in itself; null where it lists no such answer. */
export function schemaOfAnswer(
  document: object,
  call: { method: string; path: string; status: number },
): JsonSchema | null {
  const { paths, components } = document as Document;
  const template = Object.keys(paths).find((path) => matches(path, call.path));
  const operation = template ? paths[template]![call.method.toLowerCase()] : undefined;
  const [content] = Object.values(operation?.responses?.[call.status]?.content ?? {});
  if (!content) return null;
  const text = JSON.stringify(content.schema).replaceAll('#/components/schemas/', '#/$defs/');
  return { ...(JSON.parse(text) as object), $defs: components?.schemas } as JsonSchema;
}

function matches(template: string, path: string): boolean {
  const pattern = template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{path\}/g, '.+');
  return new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
}
