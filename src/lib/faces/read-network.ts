/**
 * Reads a neural network from a TensorFlow Lite file (FlatBuffers; `tensorflow/lite/schema/schema.fbs`, version 3): its
 * tensors and the layers in the order in which they run. Only the kinds of layers that the face network is made of. The file comes with a
 * package that we pinned, never from a user; what it does not hold is a fault.
 */
export interface Network {
  tensors: readonly Tensor[];
  layers: readonly Layer[];
  inputs: readonly number[];
  outputs: readonly number[];
}

export interface Tensor {
  name: string;
  shape: readonly number[];
  /** The weights; null for what is computed. */
  data: Float32Array | Int32Array | null;
}

export type Layer = { inputs: readonly number[]; output: number } & (
  | ({ kind: 'convolution' } & Window & Fused)
  | ({ kind: 'depthwise' } & Window & Fused)
  | ({ kind: 'max_pool'; filterWidth: number; filterHeight: number } & Window)
  | ({ kind: 'add' } & Fused)
  | { kind: 'pad' | 'relu' | 'reshape' | 'concatenate' | 'dequantize' }
);
interface Window {
  padding: 'same' | 'valid';
  strideX: number;
  strideY: number;
}
interface Fused {
  relu: boolean;
}

/** `BuiltinOperator` of the schema. */
const KINDS: ReadonlyMap<number, Layer['kind']> = new Map([
  [0, 'add'],
  [2, 'concatenate'],
  [3, 'convolution'],
  [4, 'depthwise'],
  [6, 'dequantize'],
  [17, 'max_pool'],
  [19, 'relu'],
  [22, 'reshape'],
  [34, 'pad'],
]);
/** `TensorType`. */
const FLOAT32 = 0;
const FLOAT16 = 1;
const INT32 = 2;

export function readNetwork(file: Uint8Array): Network {
  const root = Table.root(file);
  const codes = root.tables(1).map((code) => Math.max(code.byte(0), code.int(3)));
  const [graph, ...more] = root.tables(2);
  if (!graph || more.length > 0) throw new Error('A network has one graph.');
  const buffers = root.tables(4).map((buffer) => buffer.bytes(0));
  return {
    tensors: graph.tables(0).map((tensor) => readTensor(tensor, buffers)),
    layers: graph.tables(3).map((layer) => readLayer(layer, codes)),
    inputs: graph.ints(1),
    outputs: graph.ints(2),
  };
}

function readTensor(tensor: Table, buffers: readonly Uint8Array[]): Tensor {
  const bytes = buffers[tensor.int(2)] ?? new Uint8Array();
  const data = bytes.length > 0 ? readWeights(bytes, tensor.byte(1)) : null;
  return { name: tensor.text(3), shape: tensor.ints(0), data };
}

function readWeights(bytes: Uint8Array, type: number): Float32Array | Int32Array {
  // A copy starts where a typed array may.
  const { buffer } = bytes.slice();
  if (type === FLOAT32) return new Float32Array(buffer);
  if (type === INT32) return new Int32Array(buffer);
  if (type === FLOAT16) return Float32Array.from(new Uint16Array(buffer), fromHalf);
  throw new Error(`A weight of type ${type} is not known here.`);
}

/** IEEE 754 binary16. */
function fromHalf(bits: number): number {
  const sign = bits & 0x80_00 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3_ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function readLayer(layer: Table, codes: readonly number[]): Layer {
  const code = codes[layer.int(0)]!;
  const kind = KINDS.get(code);
  if (!kind) throw new Error(`A layer of kind ${code} is not known here.`);
  const options = layer.table(4);
  const ends = { inputs: layer.ints(1), output: layer.ints(2)[0]! };
  switch (kind) {
    case 'convolution':
      return { kind, ...ends, ...readWindow(options), relu: readRelu(options, 3) };
    case 'depthwise':
      return { kind, ...ends, ...readWindow(options), relu: readRelu(options, 4) };
    case 'max_pool': {
      const filter = { filterWidth: options!.int(3), filterHeight: options!.int(4) };
      return { kind, ...ends, ...readWindow(options), ...filter };
    }
    case 'add':
      return { kind, ...ends, relu: readRelu(options, 0) };
    default:
      return { kind, ...ends };
  }
}

function readWindow(options: Table | null): Window {
  return {
    padding: options!.byte(0) === 0 ? 'same' : 'valid',
    strideX: options!.int(1),
    strideY: options!.int(2),
  };
}

/** `ActivationFunctionType`: none or RELU. */
function readRelu(options: Table | null, field: number): boolean {
  const activation = options?.byte(field) ?? 0;
  if (activation > 1) throw new Error(`The activation ${activation} is not known here.`);
  return activation === 1;
}

/** One table of a FlatBuffers file: its fields by their number, or the default where one is left out. */
class Table {
  readonly #view: DataView;
  readonly #at: number;

  constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
  }

  static root(file: Uint8Array): Table {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    return new Table(view, view.getUint32(0, true));
  }

  byte(field: number): number {
    const at = this.#field(field);
    return at === null ? 0 : this.#view.getUint8(at);
  }

  int(field: number): number {
    const at = this.#field(field);
    return at === null ? 0 : this.#view.getInt32(at, true);
  }

  table(field: number): Table | null {
    const at = this.#target(field);
    return at === null ? null : new Table(this.#view, at);
  }

  tables(field: number): Table[] {
    return this.#items(field, (at) => new Table(this.#view, at + this.#view.getUint32(at, true)));
  }

  ints(field: number): number[] {
    return this.#items(field, (at) => this.#view.getInt32(at, true));
  }

  bytes(field: number): Uint8Array {
    const at = this.#target(field);
    if (at === null) return new Uint8Array();
    const { buffer, byteOffset } = this.#view;
    return new Uint8Array(buffer, byteOffset + at + 4, this.#view.getUint32(at, true));
  }

  text(field: number): string {
    return new TextDecoder().decode(this.bytes(field));
  }

  #items<T>(field: number, read: (at: number) => T): T[] {
    const at = this.#target(field);
    const count = at === null ? 0 : this.#view.getUint32(at, true);
    return Array.from({ length: count }, (_, index) => read(at! + 4 + index * 4));
  }

  #target(field: number): number | null {
    const at = this.#field(field);
    return at === null ? null : at + this.#view.getUint32(at, true);
  }

  /** Where a field stands: each table points back to the list of its fields' places. */
  #field(field: number): number | null {
    const list = this.#at - this.#view.getInt32(this.#at, true);
    const entry = 4 + field * 2;
    if (entry >= this.#view.getUint16(list, true)) return null;
    const offset = this.#view.getUint16(list + entry, true);
    return offset === 0 ? null : this.#at + offset;
  }
}
