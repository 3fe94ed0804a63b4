import { drawnOctets, oneOf, type Change, type Supply } from './draw.ts';
import {
  element,
  everyNode,
  lengthOctets,
  treeOf,
  withReplaced,
  type TreeNode,
} from './element-tree.ts';

/** What one element may become: its own octets and its parts in, other octets out. */
type Rewriting = (part: Part, supply: Supply) => Buffer;

interface Part {
  raw: Buffer;
  tag: Buffer;
  content: Buffer;
  node: TreeNode;
  bytes: Buffer;
}

/** Universal and context tags, and those of the templates of chips. */
const TAGS = [
  '01 02 03 04 05 06 0c 13 14 16 17 18 1c 1e 24 30 31 80 81 82 84 86 87 8e 99 a0 a1 a2 a3',
  '5c 5f01 5f1f 5f0e 5f2b 5f2e 7f2e 60 61 65 6b 6e 6f 75 77 7f60 7f61',
]
  .join(' ')
  .split(' ')
  .map((hex) => Buffer.from(hex, 'hex'));

const CONTENTS = [
  '',
  '00',
  '01',
  '7f',
  '80',
  'ff',
  '0080',
  '00ffffffff',
  '7fffffff',
  '80000000',
  'ffffffffffffffffff',
  '2a864886f70d010101',
  '2a',
  '2a80',
  '28ffffffffffffffffff7f',
].map((hex) => Buffer.from(hex, 'hex'));

const TIMES = ['991231235959Z', '500101000000Z', '20491231235959Z', '260230000000Z', '2612312359Z'];

const nothing = Buffer.alloc(0);

function fromOther({ other, draw }: Supply): Buffer {
  const nodes = everyNode(treeOf(other));
  if (nodes.length === 0) return nothing;
  const { start, end } = oneOf(draw, nodes);
  return other.subarray(start, end);
}

const REWRITINGS: readonly Rewriting[] = [
  () => nothing,
  ({ raw }) => Buffer.concat([raw, raw]),
  ({ raw }, { draw }) => Buffer.concat(Array<Buffer>(2 + draw(60)).fill(raw)),
  ({ tag }) => element(tag, nothing),
  ({ content }, { draw }) => element(oneOf(draw, TAGS), content),
  ({ tag }, { draw }) => element(tag, oneOf(draw, CONTENTS)),
  ({ tag }, { draw }) => element(tag, drawnOctets(draw, 1 + draw(40))),
  ({ tag }, { draw, dictionary }) => element(tag, oneOf(draw, dictionary)),
  ({ tag }, { draw }) => element(tag, Buffer.from(oneOf(draw, TIMES), 'latin1')),
  ({ tag, content }, { draw }) => element(tag, content.subarray(0, draw(content.length + 1))),
  ({ tag, content }, { draw }) => element(tag, Buffer.concat([content, drawnOctets(draw, 2)])),
  ({ tag, content }, { draw }) => {
    const changed = Buffer.from(content);
    if (changed.length > 0) changed[draw(changed.length)]! ^= 1 << draw(8);
    return element(tag, changed);
  },
  (_part, supply) => fromOther(supply),
  ({ raw }, supply) => Buffer.concat([fromOther(supply), raw]),
  ({ raw }, { draw }) => element(oneOf(draw, TAGS), raw),
  ({ raw }, { draw }) => {
    let wrapped = raw;
    for (let left = 1 + draw(40); left > 0; left--) wrapped = element(Buffer.of(0x30), wrapped);
    return wrapped;
  },
  // The content in an indefinite length.
  ({ tag, content }) => Buffer.concat([tag, Buffer.of(0x80), content, Buffer.of(0, 0)]),
  // An octet string in pieces.
  ({ content }, { draw }) => {
    const cut = draw(content.length + 1);
    const pieces = [content.subarray(0, cut), content.subarray(cut)];
    const octets = pieces.map((piece) => element(Buffer.of(0x04), piece));
    return element(Buffer.of(0x24), Buffer.concat(octets));
  },
  // A length that is longer than it need be.
  ({ tag, content }) => {
    const length = Buffer.alloc(5, 0x84);
    length.writeUInt32BE(content.length, 1);
    return Buffer.concat([tag, length, content]);
  },
  // A length that is wrong.
  ({ tag, content }, { draw }) =>
    Buffer.concat([tag, lengthOctets(Math.max(0, content.length + draw(9) - 4)), content]),
  // The children in another order.
  ({ tag, node, bytes }, { draw }) => {
    const children = node.children.map(({ start, end }) => bytes.subarray(start, end));
    if (children.length < 2) return bytes.subarray(node.start, node.end);
    const [one, other] = [draw(children.length), draw(children.length)];
    [children[one], children[other]] = [children[other]!, children[one]!];
    const before = bytes.subarray(node.contentStart, node.childrenStart);
    return element(tag, Buffer.concat([before, ...children]));
  },
];

/** Changes one element of BER and makes the lengths around it right, so that what lies deeper is still reached. */
export const changeElement: Change = (bytes, supply) => {
  const { draw } = supply;
  const tree = treeOf(bytes);
  const nodes = everyNode(tree);
  if (nodes.length === 0) return bytes;
  const node = oneOf(draw, nodes);
  const part: Part = {
    raw: bytes.subarray(node.start, node.end),
    tag: bytes.subarray(node.start, node.lengthAt),
    content: bytes.subarray(node.contentStart, node.contentEnd),
    node,
    bytes,
  };
  return withReplaced(bytes, tree, node, oneOf(draw, REWRITINGS)(part, supply));
};
