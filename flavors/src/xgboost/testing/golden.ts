import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const KINDS = [
  'cat',
  'dart',
  'gamma',
  'logit',
  'logit_auto',
  'logitraw',
  'mae',
  'phuber',
  'poisson',
  'prune',
  'quant',
  'rank',
  'reglogistic',
  'rmsle',
  'softmax',
  'softprob',
  'sqerr',
  'sqerr_bs',
] as const

/** Kinds that are also stored as JSON. */
const ALSO_IN_JSON = ['cat', 'dart', 'logit', 'prune']

/** A model stored by XGBoost 3.0 and its recorded predictions. */
export interface Golden {
  readonly name: string
  readonly bytes: Uint8Array
  /** Row-major, as 64-bit numbers; NaN is missing. */
  readonly values: readonly number[]
  readonly expected: {
    readonly margin: readonly (readonly number[])[]
    readonly predicted: readonly (readonly number[])[]
    readonly leaves: readonly (readonly number[])[]
  }
}

export const goldenFiles: readonly string[] = KINDS.flatMap((kind) =>
  ALSO_IN_JSON.includes(kind) ? [`${kind}.ubj`, `${kind}.json`] : [`${kind}.ubj`],
)

export function readGolden(name: string): Golden {
  const [kind = ''] = name.split('.')
  const rows = JSON.parse(unzipGolden('rows.json').toString()) as Record<string, (number | null)[][]>
  const values = rows[kind === 'cat' ? 'cat' : 'others']!.flat().map((value) => value ?? Number.NaN)
  return {
    name,
    bytes: unzipGolden(name),
    values,
    expected: JSON.parse(unzipGolden(`${kind}.expected.json`).toString()) as Golden['expected'],
  }
}

export const unzipGolden = (name: string): Buffer =>
  gunzipSync(readFileSync(new URL(`./golden/${name}.gz`, import.meta.url)))

/** Returns the distance of two numbers in float32 units in the last place. */
export function ulps(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0
  const order = (value: number) => {
    const [bits = 0] = new Int32Array(Float32Array.of(value).buffer)
    return bits < 0 ? -(bits & 0x7fffffff) : bits
  }
  return Math.abs(order(a) - order(b))
}
