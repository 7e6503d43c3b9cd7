import { useQuery } from '@tanstack/react-query'
import { getArtifact } from '../api/artifacts.js'
import type { ServingEndpoint } from '../api/endpoints.js'
import { searchVersions } from '../api/models.js'
import { queryKeys } from '../api/query-keys.js'
import { nameEquals } from '../models/queries.js'
import { prettyJson } from '../run/pretty-json.js'

const FILES = ['serving_input_example.json', 'input_example.json']

const FALLBACK = prettyJson(
  '{"dataframe_records":[{"history":[1,50,260],"k":10,"filter_seen":true,"reasons":true}]}',
)

/** A sample request: the served model's input example, else one for a recommender. */
export function useInputExample({ config }: ServingEndpoint) {
  const entity = config?.served_entities[0]
  const name = entity?.entity_name ?? ''
  const version = entity?.entity_version ?? ''
  return useQuery({
    queryKey: queryKeys.inputExample(name, version),
    enabled: entity !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async ({ signal }) => {
      const versions = await searchVersions(nameEquals(name), signal)
      const modelId = versions.find((candidate) => candidate.version === version)?.model_id
      return (modelId && (await exampleOf(modelId, signal))) || FALLBACK
    },
  })
}

async function exampleOf(modelId: string, signal: AbortSignal): Promise<string | undefined> {
  for (const file of FILES) {
    const blob = await getArtifact({ kind: 'model', id: modelId }, file, signal).catch(() => undefined)
    if (blob) return requestFromExample(await blob.text())
  }
  return undefined
}

/** An input example is either a whole request body or only its data. */
export function requestFromExample(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const whole =
      typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []
    if (whole.some((key) => key.startsWith('dataframe_') || key === 'inputs' || key === 'instances'))
      return prettyJson(text)
    if (whole.includes('columns') && whole.includes('data'))
      return prettyJson(JSON.stringify({ dataframe_split: value }))
    return prettyJson(JSON.stringify({ inputs: value }))
  } catch {
    return undefined
  }
}
