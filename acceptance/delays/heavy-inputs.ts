import { type KnownValues, minimalInput, type OperationToTry, type Schema } from '../bad-input/operations.js'

const MB = 1024 * 1024
/** Just below the limit of a body. */
const BODY_BYTES = 15 * MB
/** A URL and its headers have at most 16 KB. */
const QUERY_BYTES = 12_000
const LIST_LIMIT = 10_000
const NAME_LIMIT = 10_000
const COMPARISONS = 100

export interface HeavyInput {
  readonly what: string
  readonly input: Readonly<Record<string, unknown>>
  /** The body, if it is not just the JSON of the input. */
  readonly text?: string
}

type Fields = Record<string, unknown>

/** Inputs of an operation that are as large as its limits allow, and larger ones that it refuses. */
export function* heavyInputs(operation: OperationToTry, known: KnownValues): Generator<HeavyInput> {
  const { schema, takesBody } = operation
  const minimal = minimalInput(schema, known) as Fields
  const fields = Object.entries(schema.properties ?? {})
  const bytes = takesBody ? BODY_BYTES : QUERY_BYTES
  for (const [name, field] of fields) {
    if (isText(field)) yield { what: `a long ${name}`, input: { ...minimal, [name]: 'x'.repeat(bytes) } }
    if (/filter/.test(name))
      yield { what: `a long ${name}`, input: { ...minimal, [name]: longFilter(bytes) } }
    if (isList(field)) yield* longLists(operation, known, name, field, minimal)
  }
  if (takesBody) yield* unknownMembers(minimal)
}

const isText = ({ type, enum: words }: Schema) => type === 'string' && !words
const isList = ({ type }: Schema) => type === 'array'

const longFilter = (bytes: number) => {
  const comparison = "tags.`key` = 'value'"
  return Array(Math.min(COMPARISONS, Math.floor(bytes / (comparison.length + 10))))
    .fill(comparison)
    .join(' AND ')
}

function* longLists(
  { takesBody }: OperationToTry,
  known: KnownValues,
  name: string,
  field: Schema,
  minimal: Fields,
): Generator<HeavyInput> {
  const item = field.items ? minimalInput(field.items, known) : 'x'
  const most = Math.floor(
    (takesBody ? BODY_BYTES : QUERY_BYTES) / (JSON.stringify(item).length + name.length + 2),
  )
  for (const length of new Set([LIST_LIMIT, 1_600_000].map((one) => Math.min(one, most)))) {
    const distinct =
      typeof item === 'string' && takesBody
        ? Array.from({ length }, (_, i) => `${i}`)
        : Array(length).fill(item)
    yield { what: `${length} ${name}`, input: { ...minimal, [name]: distinct } }
  }
}

/** Members that the operation ignores are parsed nevertheless. */
function* unknownMembers(minimal: Fields): Generator<HeavyInput> {
  const head = `${JSON.stringify(minimal).slice(0, -1)}${Object.keys(minimal).length > 0 ? ',' : ''}"unknown":`
  const names = (count: number) =>
    `{${Array.from({ length: count }, (_, i) => `"name ${i}":${i}`).join(',')}}`
  const texts: Readonly<Record<string, string>> = {
    'ten thousand names': names(NAME_LIMIT - 100),
    '99,000 names': names(99_000),
    'a list of numbers': `[${'1,'.repeat(BODY_BYTES / 2 - 1)}1]`,
    'a list of lists': `[${'[],'.repeat(BODY_BYTES / 3 - 1)}[]]`,
    'as many values as are allowed': `[${'1,'.repeat(190_000)}1]`,
    brackets: '['.repeat(BODY_BYTES),
    'quotes in a text': JSON.stringify('"'.repeat(BODY_BYTES / 2 - 10)),
  }
  for (const [what, text] of Object.entries(texts)) yield { what, input: minimal, text: `${head}${text}}` }
}
