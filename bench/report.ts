/** One measured thing: its name, then figures. */
export type Result = Record<string, string | number>;

/** A table for people, then one JSON object a line for programs. */
export function report(bench: string, results: readonly Result[]): void {
  const columns = Object.keys(results[0] ?? {});
  const cells = results.map((result) => columns.map((column) => String(result[column] ?? '')));
  const widths = columns.map((column, at) =>
    Math.max(column.length, ...cells.map((row) => row[at]!.length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  ');
  console.log(line(columns));
  console.log(widths.map((width) => '-'.repeat(width)).join('  '));
  for (const row of cells) console.log(line(row));
  console.log('');
  for (const result of results) console.log(JSON.stringify({ bench, ...result }));
}
