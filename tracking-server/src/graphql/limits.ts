import { type DocumentNode, type FieldNode, Kind, type SelectionNode, type SelectionSetNode } from 'graphql'

export interface Limits {
  readonly rootFields: number
  /** Per selection, including its fragments. */
  readonly aliases: number
}

const MAX_DEPTH = 10
/** Introspection queries nest one level for each wrapper of a type. */
const MAX_INTROSPECTION_DEPTH = 20
const MAX_SELECTIONS = 1_000
/** Validation compares all pairs of fields of a selection. */
const MAX_FIELDS = 200

type Fragments = ReadonlyMap<string, SelectionSetNode>
interface Branch {
  readonly selection: SelectionSetNode
  readonly maxDepth: number
}

/**
 * Checks a query against the limits before it is validated or executed, with fragments expanded.
 *
 * @returns MLflow's error message, or undefined
 */
export function findLimitViolation(document: DocumentNode, limits: Limits): string | undefined {
  const fragments = fragmentsOf(document)
  let branches = operationsOf(document)
  let [rootFields, aliases, selections] = [0, 0, 0]
  for (let depth = 1; branches.length > 0; depth++) {
    if (branches.some(({ maxDepth }) => depth > maxDepth))
      return `Query exceeds maximum depth of ${MAX_DEPTH}`
    const level = branches.map((branch) => ({ branch, fields: fieldsOf(branch.selection, fragments) }))
    const count = level.reduce((sum, { fields }) => sum + fields.length, 0)
    if (depth === 1) rootFields = count
    selections += count
    if (selections > MAX_SELECTIONS) return `Query exceeds maximum total selections of ${MAX_SELECTIONS}`
    if (level.some(({ fields }) => fields.length > MAX_FIELDS))
      return `Query exceeds maximum fields of ${MAX_FIELDS} in one selection`
    aliases = Math.max(aliases, ...level.map(({ fields }) => fields.filter(({ alias }) => alias).length))
    branches = level.flatMap(({ branch, fields }) => fields.flatMap((field) => below(branch, field)))
  }
  return (
    tooMany('root fields', rootFields, limits.rootFields, 'MLFLOW_SERVER_GRAPHQL_MAX_ROOT_FIELDS') ??
    tooMany('aliases', aliases, limits.aliases, 'MLFLOW_SERVER_GRAPHQL_MAX_ALIASES')
  )
}

const tooMany = (what: string, count: number, limit: number, variable: string) =>
  count > limit
    ? `GraphQL queries should have at most ${limit} ${what}, got ${count} ${what}. To increase the limit, set the ${variable} environment variable.`
    : undefined

const fragmentsOf = ({ definitions }: DocumentNode): Fragments =>
  new Map(
    definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one.selectionSet] as const] : [],
    ),
  )

const operationsOf = ({ definitions }: DocumentNode): Branch[] =>
  definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION ? [{ selection: one.selectionSet, maxDepth: MAX_DEPTH }] : [],
  )

const below = ({ maxDepth }: Branch, { name, selectionSet }: FieldNode): Branch[] =>
  selectionSet
    ? [
        {
          selection: selectionSet,
          maxDepth: name.value.startsWith('__') ? MAX_INTROSPECTION_DEPTH : maxDepth,
        },
      ]
    : []

/** Lists the fields of a selection, including those of its fragments, each fragment once. */
function fieldsOf(selection: SelectionSetNode, fragments: Fragments): FieldNode[] {
  const visited = new Set<string>()
  const inner = (one: SelectionNode): readonly SelectionNode[] => {
    if (one.kind === Kind.INLINE_FRAGMENT) return one.selectionSet.selections
    if (one.kind !== Kind.FRAGMENT_SPREAD || visited.has(one.name.value)) return []
    visited.add(one.name.value)
    return fragments.get(one.name.value)?.selections ?? []
  }
  const all = [...selection.selections]
  for (const one of all) all.push(...inner(one)) // also iterates over the added selections
  return all.filter((one) => one.kind === Kind.FIELD)
}
