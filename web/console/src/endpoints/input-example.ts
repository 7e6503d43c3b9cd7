import { useQuery } from '@tanstack/react-query'
import { getOpenApi, type ServingEndpoint } from '../api/endpoints.js'
import { queryKeys } from '../api/query-keys.js'
import { prettyJson } from '../run/pretty-json.js'

/** A request to a recommender. */
const FALLBACK = {
  dataframe_records: [{ history: [1, 50, 260], k: 10, filter_seen: true, reasons: true }],
}

/** A sample request: the example of the first served model, else one generated from its signature. */
export function useInputExample({ name, state, config }: ServingEndpoint) {
  const version = config?.served_entities[0]?.entity_version ?? ''
  return useQuery({
    queryKey: queryKeys.inputExample(name, version),
    enabled: state.ready === 'READY',
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async ({ signal }) => prettyJson(JSON.stringify(sampleRequest(await getOpenApi(name, signal)))),
  })
}

interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly minItems?: number
  readonly anyOf?: readonly Schema[]
}

interface RequestBody {
  readonly schema?: Schema
  readonly example?: unknown
}

interface Path {
  readonly post?: { readonly requestBody?: { readonly content?: Readonly<Record<string, RequestBody>> } }
}

/** @param document the OpenAPI document of an endpoint */
export function sampleRequest(document: { readonly paths?: unknown }): unknown {
  const [path] = Object.values((document.paths ?? {}) as Readonly<Record<string, Path>>)
  const body = path?.post?.requestBody?.content?.['application/json']
  if (body?.example !== undefined) return body.example
  const { dataframe_records: records, inputs } = body?.schema?.properties ?? {}
  const row = records?.items
  if (row?.properties && !row.properties.history) return { dataframe_records: [valueOfType(row)] }
  const tensors = inputs?.anyOf?.[0] ?? inputs
  return !row?.properties && tensors?.type ? { inputs: valueOfType(tensors) } : FALLBACK
}

const SCALARS: Readonly<Record<string, unknown>> = { integer: 0, number: 0, boolean: false, string: '' }

function valueOfType({ type, properties = {}, items = {}, minItems = 1 }: Schema): unknown {
  const [first = ''] = [type ?? []].flat()
  if (first === 'object')
    return Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, valueOfType(schema)]))
  if (first === 'array') return Array.from({ length: minItems }, () => valueOfType(items))
  return SCALARS[first] ?? null
}
