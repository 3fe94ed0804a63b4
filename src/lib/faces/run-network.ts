import type { Layer, Network } from './read-network.ts';

type Values = Float32Array;
/** Height, width and channels of one picture; of weights, their own four. */
type Shape = readonly number[];
type Window = Extract<Layer, { kind: 'convolution' | 'depthwise' | 'max_pool' }>;

/** Computes a network, layer after layer, in plain JavaScript: `input` has the shape of its one input. */
export function runNetwork(network: Network, input: Values): Values[] {
  const values: (Values | undefined)[] = network.tensors.map(({ data }) =>
    data instanceof Float32Array ? data : undefined,
  );
  values[network.inputs[0]!] = input;
  const valueOf = (index: number) => {
    const value = values[index];
    if (!value) throw new Error(`The layer before ${network.tensors[index]!.name} did not run.`);
    return value;
  };
  for (const layer of network.layers) values[layer.output] = compute(network, layer, valueOf);
  return network.outputs.map(valueOf);
}

function compute(network: Network, layer: Layer, valueOf: (index: number) => Values): Values {
  const shapeOf = (index: number): Shape => network.tensors[index]!.shape;
  const [first, second] = layer.inputs as [number, number];
  const given = { from: valueOf(first), shape: shapeOf(first), into: shapeOf(layer.output) };
  const weights = () => ({
    weights: valueOf(second),
    filter: shapeOf(second),
    bias: valueOf(layer.inputs[2]!),
  });
  switch (layer.kind) {
    // Half floats were made whole when the file was read; a reshaped tensor holds the same values in the same order.
    case 'dequantize':
    case 'reshape':
      return given.from;
    case 'relu':
      return given.from.map((value) => Math.max(0, value));
    case 'add':
      return addUp(given.from, valueOf(second), layer.relu);
    case 'pad':
      return padChannels(given);
    case 'concatenate':
      return join(layer.inputs.map(valueOf));
    case 'max_pool':
      return poolMax(layer, given);
    case 'convolution':
      return rectified(layer.relu, convolve(layer, { ...given, ...weights() }));
    case 'depthwise':
      return rectified(layer.relu, convolveDepthwise(layer, { ...given, ...weights() }));
  }
}

interface Given {
  from: Values;
  shape: Shape;
  into: Shape;
}
interface Weighed extends Given {
  weights: Values;
  filter: Shape;
  bias: Values;
}

function rectified(relu: boolean, values: Values): Values {
  return relu ? values.map((value) => Math.max(0, value)) : values;
}

function addUp(one: Values, other: Values, relu: boolean): Values {
  return rectified(
    relu,
    one.map((value, index) => value + other[index]!),
  );
}

/** More channels, all zero, behind those that are there: what a residual branch of fewer is added to. */
function padChannels({ from, shape, into }: Given): Values {
  const [, height, width, channels] = shape as [number, number, number, number];
  const wider = into[3]!;
  const to = new Float32Array(height * width * wider);
  for (let at = 0; at < height * width; at += 1)
    to.set(from.subarray(at * channels, (at + 1) * channels), at * wider);
  return to;
}

function join(all: readonly Values[]): Values {
  const to = new Float32Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of all) {
    to.set(values, at);
    at += values.length;
  }
  return to;
}

/** How far a window begins before the picture does: what is missing is split, the odd one goes behind (padding `SAME`). */
function overlap(
  layer: Window,
  size: { from: number; into: number; filter: number; stride: number },
) {
  if (layer.padding === 'valid') return 0;
  return Math.max(0, (size.into - 1) * size.stride + size.filter - size.from) >> 1;
}

/** Calls for each place of the result, with the part of the window that lies within the picture. */
function eachPlace(
  layer: Window,
  {
    shape,
    into,
    filterHeight,
    filterWidth,
  }: Pick<Given, 'shape' | 'into'> & {
    filterHeight: number;
    filterWidth: number;
  },
  visit: (place: number, tap: number, source: number) => void,
): void {
  const [, height, width] = shape as [number, number, number];
  const [, rows, columns] = into as [number, number, number];
  const top = overlap(layer, {
    from: height,
    into: rows,
    filter: filterHeight,
    stride: layer.strideY,
  });
  const left = overlap(layer, {
    from: width,
    into: columns,
    filter: filterWidth,
    stride: layer.strideX,
  });
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      for (let tapRow = 0; tapRow < filterHeight; tapRow += 1) {
        const y = row * layer.strideY - top + tapRow;
        if (y < 0 || y >= height) continue;
        for (let tapColumn = 0; tapColumn < filterWidth; tapColumn += 1) {
          const x = column * layer.strideX - left + tapColumn;
          if (x < 0 || x >= width) continue;
          visit(row * columns + column, tapRow * filterWidth + tapColumn, y * width + x);
        }
      }
}

function poolMax(layer: Extract<Layer, { kind: 'max_pool' }>, given: Given): Values {
  const { from, into } = given;
  const channels = into[3]!;
  const to = new Float32Array(into[1]! * into[2]! * channels).fill(Number.NEGATIVE_INFINITY);
  eachPlace(layer, { ...given, ...layer }, (place, _tap, source) => {
    for (let channel = 0; channel < channels; channel += 1) {
      const value = from[source * channels + channel]!;
      if (value > to[place * channels + channel]!) to[place * channels + channel] = value;
    }
  });
  return to;
}

/** Weights lie as output channel, row, column, input channel. */
function convolve(layer: Extract<Layer, { kind: 'convolution' }>, given: Weighed): Values {
  const { from, into, weights, filter, bias } = given;
  const [outs, filterHeight, filterWidth, ins] = filter as [number, number, number, number];
  const places = into[1]! * into[2]!;
  const to = new Float32Array(places * outs);
  for (let place = 0; place < places; place += 1) to.set(bias, place * outs);
  eachPlace(layer, { ...given, filterHeight, filterWidth }, (place, tap, source) => {
    const start = source * ins;
    for (let out = 0; out < outs; out += 1) {
      const weightsAt = (out * filterHeight * filterWidth + tap) * ins;
      let sum = 0;
      for (let channel = 0; channel < ins; channel += 1)
        sum += from[start + channel]! * weights[weightsAt + channel]!;
      to[place * outs + out]! += sum;
    }
  });
  return to;
}

/** One filter a channel: weights lie as row, column, channel. */
function convolveDepthwise(layer: Extract<Layer, { kind: 'depthwise' }>, given: Weighed): Values {
  const { from, into, weights, filter, bias } = given;
  const [, filterHeight, filterWidth, channels] = filter as [number, number, number, number];
  const places = into[1]! * into[2]!;
  const to = new Float32Array(places * channels);
  for (let place = 0; place < places; place += 1) to.set(bias, place * channels);
  eachPlace(layer, { ...given, filterHeight, filterWidth }, (place, tap, source) => {
    for (let channel = 0; channel < channels; channel += 1)
      to[place * channels + channel]! +=
        from[source * channels + channel]! * weights[tap * channels + channel]!;
  });
  return to;
}
