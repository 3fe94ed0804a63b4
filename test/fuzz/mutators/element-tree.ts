/**
 * A lenient reader of BER for changing it, apart from the strict one under test: it takes what it can, and looks into octet and bit
 * strings that hold elements too.
 */
export interface TreeNode {
  start: number;
  lengthAt: number;
  contentStart: number;
  contentEnd: number;
  end: number;
  /** Where the children start: one octet into a bit string. */
  childrenStart: number;
  children: readonly TreeNode[];
}

const MAX_NODES = 3000;
const MAX_DEPTH = 40;

interface Budget {
  nodes: number;
}

const trees = new WeakMap<Buffer, readonly TreeNode[]>();

/** The elements that `bytes` are, one after another; none where something else is among them. */
export function treeOf(bytes: Buffer): readonly TreeNode[] {
  const known = trees.get(bytes);
  if (known !== undefined) return known;
  const budget = { nodes: MAX_NODES };
  const tree = nodesBetween(bytes, { from: 0, to: bytes.length, depth: 0, budget }) ?? [];
  trees.set(bytes, tree);
  return tree;
}

export function everyNode(nodes: readonly TreeNode[]): TreeNode[] {
  return nodes.flatMap((node) => [node, ...everyNode(node.children)]);
}

interface Range {
  from: number;
  to: number;
  depth: number;
  budget: Budget;
}

function nodesBetween(bytes: Buffer, range: Range): TreeNode[] | null {
  const nodes: TreeNode[] = [];
  for (let at = range.from; at < range.to; at = nodes.at(-1)!.end) {
    const node = nodeAt(bytes, { ...range, from: at });
    if (node === null) return null;
    nodes.push(node);
  }
  return nodes;
}

function nodeAt(bytes: Buffer, { from, to, depth, budget }: Range): TreeNode | null {
  if (depth > MAX_DEPTH || --budget.nodes < 0) return null;
  let lengthAt = from + 1;
  if ((bytes[from]! & 0x1f) === 0x1f) {
    while (lengthAt < to && (bytes[lengthAt]! & 0x80) !== 0) lengthAt++;
    lengthAt++;
  }
  if (lengthAt >= to) return null;
  const first = bytes[lengthAt]!;
  const octets = first > 0x80 ? first & 0x7f : 0;
  const contentStart = lengthAt + 1 + octets;
  if (octets > 4 || contentStart > to) return null;
  const constructed = (bytes[from]! & 0x20) !== 0;
  if (first === 0x80) return constructed ? indefiniteNode() : null;
  const length = octets === 0 ? first : bytes.readUIntBE(lengthAt + 1, octets);
  const contentEnd = contentStart + length;
  if (contentEnd > to) return null;
  const mayHold = constructed || [0x03, 0x04].includes(bytes[from]!);
  const childrenStart = contentStart + (bytes[from] === 0x03 && bytes[contentStart] === 0 ? 1 : 0);
  const inside = { from: childrenStart, to: contentEnd, depth: depth + 1, budget };
  const children = (mayHold && length > 1 && nodesBetween(bytes, inside)) || [];
  return {
    start: from,
    lengthAt,
    contentStart,
    contentEnd,
    end: contentEnd,
    childrenStart,
    children,
  };

  function indefiniteNode(): TreeNode | null {
    const children: TreeNode[] = [];
    let at = contentStart;
    while (at + 1 < to && !(bytes[at] === 0 && bytes[at + 1] === 0)) {
      const child = nodeAt(bytes, { from: at, to, depth: depth + 1, budget });
      if (child === null) return null;
      children.push(child);
      at = child.end;
    }
    if (at + 1 >= to) return null;
    const ends = { contentEnd: at, end: at + 2 };
    return { start: from, lengthAt, contentStart, ...ends, childrenStart: contentStart, children };
  }
}

/** The bytes with `target` replaced, and every length above it right again. */
export function withReplaced(
  bytes: Buffer,
  nodes: readonly TreeNode[],
  target: TreeNode,
  replacement: Buffer,
): Buffer {
  return Buffer.concat(
    nodes.map((node) => {
      if (node === target) return replacement;
      const above = node.start <= target.start && target.end <= node.end;
      if (!above) return bytes.subarray(node.start, node.end);
      const before = bytes.subarray(node.contentStart, node.childrenStart);
      const inside = withReplaced(bytes, node.children, target, replacement);
      return element(bytes.subarray(node.start, node.lengthAt), Buffer.concat([before, inside]));
    }),
  );
}

/** An element with the right length in its shortest form. */
export function element(tag: Uint8Array, content: Uint8Array): Buffer {
  return Buffer.concat([tag, lengthOctets(content.length), content]);
}

export function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const octets = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
  const written = Buffer.alloc(1 + octets, 0x80 + octets);
  written.writeUIntBE(length, 1, octets);
  return written;
}
