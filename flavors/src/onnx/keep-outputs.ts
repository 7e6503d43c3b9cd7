import { type ProtoField, protoFields } from './proto-fields.js'

/** Field numbers of ONNX messages (onnx.proto3). */
const MODEL_GRAPH = 7
const GRAPH_NODE = 1
const GRAPH_OUTPUT = 12
const OUTPUT_NAME = 1
const NODE_INPUT = 1
const NODE_OUTPUT = 2
const NODE_ATTRIBUTE = 5
/** A graph, and a list of graphs. */
const ATTRIBUTE_GRAPHS = [6, 11]

/**
 * Removes the outputs of a graph that are not wanted, and the nodes that only they need: ONNX Runtime computes all outputs,
 * whichever are read. Returns the input if all outputs or none are wanted, or if nodes contain graphs, which may refer to any
 * value.
 *
 * @throws INVALID_PARAMETER_VALUE when the bytes are not protobuf
 */
export function keepOutputs(onnx: Uint8Array, wanted: readonly string[]): Uint8Array {
  const graph = [...protoFields(onnx)].find(({ number }) => number === MODEL_GRAPH)
  if (!graph) return onnx
  const fields = [...protoFields(graph.bytes)]
  const outputs = fields.filter(({ number }) => number === GRAPH_OUTPUT)
  const unwanted = outputs.filter(
    ({ bytes }) => !textsOf(bytes, OUTPUT_NAME).some((name) => wanted.includes(name)),
  )
  const nodes = fields.filter(({ number }) => number === GRAPH_NODE)
  const isPart = unwanted.length > 0 && unwanted.length < outputs.length
  if (!isPart || nodes.some(hasGraph)) return onnx
  const kept = withoutFields(graph.bytes, [...unwanted, ...unneeded(nodes, wanted)])
  const length = kept.reduce((sum, part) => sum + part.length, 0)
  const end = graph.bytes.byteOffset - onnx.byteOffset + graph.bytes.length
  const key = Uint8Array.of((MODEL_GRAPH << 3) | 2, ...varint(length))
  return Buffer.concat([onnx.subarray(0, graph.start), key, ...kept, onnx.subarray(end)])
}

/** The nodes that no wanted value needs. ONNX demands that nodes are in topological order, ONNX Runtime does not. */
function unneeded(nodes: readonly ProtoField[], wanted: readonly string[]): ProtoField[] {
  const sources = new Map<string, ProtoField>()
  for (const node of nodes) for (const name of textsOf(node.bytes, NODE_OUTPUT)) sources.set(name, node)
  const needed = new Set<ProtoField>()
  const names = [...wanted]
  while (names.length > 0) {
    const source = sources.get(names.pop()!)
    if (!source || needed.has(source)) continue
    needed.add(source)
    for (const name of textsOf(source.bytes, NODE_INPUT)) if (name !== '') names.push(name) // '' is an absent input
  }
  return nodes.filter((node) => !needed.has(node))
}

const hasGraph = ({ bytes }: ProtoField) =>
  [...protoFields(bytes)].some(
    (field) =>
      field.number === NODE_ATTRIBUTE &&
      [...protoFields(field.bytes)].some(({ number }) => ATTRIBUTE_GRAPHS.includes(number)),
  )

const textsOf = (message: Uint8Array, field: number): string[] =>
  [...protoFields(message)].flatMap(({ number, bytes }) =>
    number === field ? [Buffer.from(bytes).toString('utf8')] : [],
  )

/** The parts of a message between some of its fields. */
function withoutFields(message: Uint8Array, removed: readonly ProtoField[]): Uint8Array[] {
  const parts: Uint8Array[] = []
  let from = 0
  for (const { start, bytes } of removed.toSorted((a, b) => a.start - b.start)) {
    parts.push(message.subarray(from, start))
    from = bytes.byteOffset - message.byteOffset + bytes.length
  }
  return [...parts, message.subarray(from)]
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}
