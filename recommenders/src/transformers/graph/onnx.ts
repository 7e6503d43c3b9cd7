import type { Dim, ElementType } from './graph.js'
import { Message } from './protobuf.js'

/** ONNX 1.12, which all recent runtimes load. */
const IR_VERSION = 8
const OPSET = 17

/** Values of TensorProto.DataType. */
const DATA_TYPES: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 }

export type Attribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly tensor: Message }

export interface OnnxNode {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

export interface OnnxGraph {
  readonly name: string
  readonly nodes: readonly Message[]
  readonly initializers: readonly Message[]
  readonly inputs: readonly Message[]
  readonly outputs: readonly Message[]
}

/** The bytes of a `.onnx` file. */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  const proto = new Message()
  for (const node of graph.nodes) proto.message(1, node)
  proto.text(2, graph.name)
  for (const initializer of graph.initializers) proto.message(5, initializer)
  for (const input of graph.inputs) proto.message(11, input)
  for (const output of graph.outputs) proto.message(12, output)
  const opset = new Message().text(1, '').int(2, OPSET)
  return new Message().int(1, IR_VERSION).text(2, 'cairn').message(7, proto).message(8, opset).encode()
}

export function encodeNode({ op, inputs, outputs, attributes }: OnnxNode): Message {
  const proto = new Message()
  for (const input of inputs) proto.text(1, input)
  for (const output of outputs) proto.text(2, output)
  proto.text(3, outputs[0]!).text(4, op)
  for (const [name, value] of Object.entries(attributes)) proto.message(5, encodeAttribute(name, value))
  return proto
}

export function encodeTensor(
  name: string,
  type: ElementType,
  dims: readonly number[],
  data: Float32Array | Int32Array | BigInt64Array,
): Message {
  const proto = new Message()
  for (const dim of dims) proto.int(1, dim)
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return proto.int(2, DATA_TYPES[type]).text(8, name).bytes(9, bytes)
}

/** ValueInfoProto: the name, type and shape of an input or output. */
export function encodeValueInfo(name: string, type: ElementType, shape: readonly Dim[]): Message {
  const dims = new Message()
  for (const dim of shape)
    dims.message(1, typeof dim === 'number' ? new Message().int(1, dim) : new Message().text(2, dim))
  const tensor = new Message().int(1, DATA_TYPES[type]).message(2, dims)
  return new Message().text(1, name).message(2, new Message().message(1, tensor))
}

export const dataTypeOf = (type: ElementType) => DATA_TYPES[type]

/** AttributeProto; field 20 is the type of the value. */
function encodeAttribute(name: string, value: Attribute): Message {
  const proto = new Message().text(1, name)
  if (typeof value === 'number') return proto.int(3, value).int(20, 2)
  if (typeof value === 'string') return proto.text(4, value).int(20, 3)
  if ('float' in value) return proto.float(2, value.float).int(20, 1)
  if ('tensor' in value) return proto.message(5, value.tensor).int(20, 4)
  for (const one of value) proto.int(8, one)
  return proto.int(20, 7)
}
