import type { Run } from '../api/runs.js'
import { NOTE_TAG } from '../run/run-tags.js'

/** A fact of each compared run; undefined where a run has none. */
export interface Fact {
  readonly name: string
  readonly values: readonly (string | undefined)[]
  /** True if the values are Markdown. */
  readonly isNote?: boolean
}

export const CODE_TAGS = {
  commit: 'mlflow.source.git.commit',
  branch: 'mlflow.source.git.branch',
  source: 'mlflow.source.name',
} as const

const MODEL_HISTORY_TAG = 'mlflow.log-model.history'
export const FACT_TAGS = [...Object.values(CODE_TAGS), NOTE_TAG, MODEL_HISTORY_TAG]

export const tagOf = (run: Run, tag: string) =>
  run.data.tags?.find(({ key }) => key === tag)?.value || undefined

/** The version of each dataset, by its name and what it was used for. */
export function datasetFacts(runs: readonly Run[]): Fact[] {
  const digests = runs.map(
    (run) =>
      new Map(
        run.inputs.dataset_inputs?.map(({ tags, dataset }) => {
          const context = tags?.find(({ key }) => key === 'mlflow.data.context')?.value
          return [context ? `${dataset.name} (${context})` : dataset.name, dataset.digest]
        }),
      ),
  )
  return byName(digests)
}

/** The version of each package. */
export const packageFacts = (packages: readonly (ReadonlyMap<string, string> | undefined)[]): Fact[] =>
  byName(packages)

function byName(maps: readonly (ReadonlyMap<string, string> | undefined)[]): Fact[] {
  const names = [...new Set(maps.flatMap((map) => [...(map?.keys() ?? [])]))].sort()
  return names.map((name) => ({ name, values: maps.map((map) => map?.get(name)) }))
}

export const differs = ({ values }: Fact) => new Set(values).size > 1

/** The facts that differ before the others. */
export const differingFirst = (facts: readonly Fact[]): Fact[] => [
  ...facts.filter(differs),
  ...facts.filter((fact) => !differs(fact)),
]

/** Path of the requirements of the model of a run, if it logged one. */
export function requirementsLocation(run: Run) {
  const [model] = run.outputs?.model_outputs ?? []
  if (model) return { root: { kind: 'model', id: model.model_id } as const, path: 'requirements.txt' }
  try {
    const history: unknown = JSON.parse(tagOf(run, MODEL_HISTORY_TAG) ?? '[]')
    const path = (history as readonly { artifact_path?: unknown }[])[0]?.artifact_path
    if (typeof path !== 'string') return undefined
    return { root: { kind: 'run', id: run.info.run_id } as const, path: `${path}/requirements.txt` }
  } catch {
    return undefined
  }
}
