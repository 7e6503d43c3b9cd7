import { type Attribute, encodeModel, encodeNode, encodeTensor, encodeValueInfo } from './onnx.js'
import type { Message } from './protobuf.js'

export type ElementType = 'float32' | 'int32' | 'int64' | 'bool'

/** A size, or the name of a size that is known only when the graph runs. */
export type Dim = number | string

/** The output of an input, a constant or a node. */
export interface Value {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly Dim[]
}

/** Rows to add to a table: row n of `rows` is added to row `ids[n]`; ids may repeat. */
export interface RowUpdates {
  readonly ids: Value
  readonly rows: Value
}

/** The gradient of an input of an operation; undefined if the input is not differentiated. */
export type Flow = Value | RowUpdates | undefined

/** The reverse-mode rule of an operation: maps the gradients of its outputs (undefined: none) to those of its inputs. */
export type Pullback = (gradients: readonly (Value | undefined)[]) => readonly Flow[]

export interface TapeStep {
  readonly inputs: readonly (Value | undefined)[]
  readonly outputs: readonly Value[]
  readonly pull: Pullback
}

/** An ONNX graph under construction, with the tape of its differentiable steps (ADR 12). */
export class Graph {
  readonly steps: TapeStep[] = []
  readonly #nodes: Message[] = []
  readonly #initializers: Message[] = []
  readonly #inputs: Message[] = []
  readonly #outputs: Message[] = []
  readonly #shared = new Map<string, Value>()
  #count = 0

  input(name: string, type: ElementType, shape: readonly Dim[]): Value {
    this.#inputs.push(encodeValueInfo(name, type, shape))
    return { name, type, shape }
  }

  output(name: string, value: Value): void {
    this.#nodes.push(encodeNode({ op: 'Identity', inputs: [value.name], outputs: [name], attributes: {} }))
    this.#outputs.push(encodeValueInfo(name, value.type, value.shape))
  }

  /** A tensor that is stored in the file. */
  weights(name: string, shape: readonly number[], data: Float32Array): Value {
    this.#initializers.push(encodeTensor(name, 'float32', shape, data))
    return { name, type: 'float32', shape }
  }

  scalar(value: number, type: 'float32' | 'int32' | 'int64' = 'float32'): Value {
    return this.once(`${type} ${value}`, () => this.#constant(type, [], [value]))
  }

  ints(values: readonly number[]): Value {
    return this.once(`ints ${values}`, () => this.#constant('int64', [values.length], values))
  }

  floats(values: readonly number[]): Value {
    return this.once(`floats ${values}`, () => this.#constant('float32', [values.length], values))
  }

  /** Emits an ONNX operator with one output. */
  node(
    op: string,
    inputs: readonly (Value | undefined)[],
    shape: readonly Dim[],
    attributes: Readonly<Record<string, Attribute>> = {},
    type: ElementType = 'float32',
  ): Value {
    return this.nodes(op, inputs, [shape], attributes, type)[0]!
  }

  /** Emits an ONNX operator; undefined inputs are omitted. */
  nodes(
    op: string,
    inputs: readonly (Value | undefined)[],
    shapes: readonly (readonly Dim[])[],
    attributes: Readonly<Record<string, Attribute>> = {},
    type: ElementType = 'float32',
  ): readonly Value[] {
    const outputs = shapes.map((shape) => ({ name: `${op}_${this.#count++}`, type, shape }))
    const names = (values: readonly (Value | undefined)[]) => values.map((value) => value?.name ?? '')
    this.#nodes.push(encodeNode({ op, inputs: names(inputs), outputs: names(outputs), attributes }))
    return outputs
  }

  /** Records a differentiable step on the tape. */
  record(inputs: TapeStep['inputs'], outputs: readonly Value[], pull: Pullback): void {
    this.steps.push({ inputs, outputs, pull })
  }

  /** Creates a value once and returns it for every later call with the same key. */
  once(key: string, make: () => Value): Value {
    const made = this.#shared.get(key) ?? make()
    this.#shared.set(key, made)
    return made
  }

  encode(name: string): Uint8Array {
    return encodeModel({
      name,
      nodes: this.#nodes,
      initializers: this.#initializers,
      inputs: this.#inputs,
      outputs: this.#outputs,
    })
  }

  #constant(type: 'float32' | 'int32' | 'int64', shape: readonly number[], values: readonly number[]): Value {
    const name = `constant_${this.#count++}`
    this.#initializers.push(encodeTensor(name, type, shape, tensorData(type, values)))
    return { name, type, shape }
  }
}

function tensorData(type: 'float32' | 'int32' | 'int64', values: readonly number[]) {
  if (type === 'float32') return Float32Array.from(values)
  return type === 'int32' ? Int32Array.from(values) : BigInt64Array.from(values, BigInt)
}
