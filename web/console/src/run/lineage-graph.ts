import type { ServedEntity, ServingEndpoint } from '../api/endpoints.js'
import type { LoggedModel } from '../api/logged-models.js'
import type { ModelVersion } from '../api/models.js'
import type { DatasetInput } from '../api/runs.js'

export type LineageKind = 'dataset' | 'run' | 'model' | 'version' | 'endpoint'

export interface LineageNode {
  readonly id: string
  readonly kind: LineageKind
  readonly title: string
  readonly subtitle: string
  /** Link target: logged model, registered model and version, or endpoint. */
  readonly name?: string
  readonly version?: string
  /** Stands for so many nodes that are not shown. */
  readonly more?: number
}

export interface LineageGraph {
  /** One list per column, left to right: datasets, the run, the models that it logged, versions, endpoints. */
  readonly columns: readonly (readonly LineageNode[])[]
  readonly edges: readonly (readonly [from: string, to: string])[]
}

interface Sources {
  readonly run: { readonly id: string; readonly name: string; readonly kind: string }
  readonly datasets: readonly DatasetInput[]
  readonly models: readonly LoggedModel[]
  readonly versions: readonly ModelVersion[]
  readonly endpoints: readonly ServingEndpoint[]
}

/** Nodes of a column; a last one stands for the others. */
const MAX_NODES = 8

/** From the datasets of a run to the endpoints that serve its model. */
export const lineageGraph = (sources: Sources): LineageGraph => shortened(wholeGraph(sources))

function shortened({ columns, edges }: LineageGraph): LineageGraph {
  const shownAs = new Map<string, string>()
  const short = columns.map((column) => {
    if (column.length <= MAX_NODES) return column
    const [shown, hidden] = [column.slice(0, MAX_NODES - 1), column.slice(MAX_NODES - 1)]
    const { kind } = hidden[0]!
    const rest: LineageNode = { id: `more:${kind}`, kind, title: '', subtitle: '', more: hidden.length }
    for (const { id } of hidden) shownAs.set(id, rest.id)
    return [...shown, rest]
  })
  if (shownAs.size === 0) return { columns, edges }
  const moved = edges.map(([from, to]) => [shownAs.get(from) ?? from, shownAs.get(to) ?? to] as const)
  return { columns: short, edges: [...new Map(moved.map((edge) => [edge.join('\n'), edge])).values()] }
}

function wholeGraph({ run, datasets, models, versions, endpoints }: Sources): LineageGraph {
  const root: LineageNode = { id: 'run', kind: 'run', title: run.name, subtitle: run.kind }
  const inputs = datasets.map(({ dataset: { name, digest } }): LineageNode => {
    return { id: `dataset:${name}:${digest}`, kind: 'dataset', title: name, subtitle: digest }
  })
  const logged = models.map(({ info }): LineageNode => {
    const { model_id, name, model_type = '' } = info
    return { id: `model:${model_id}`, kind: 'model', title: name, subtitle: model_type, name: model_id }
  })
  const registered = versions.map(({ name, version, aliases = [] }): LineageNode => {
    const subtitle = [`v${version}`, ...aliases.map((alias) => `@${alias}`)].join(' ')
    return {
      id: `version:${name}:${version}`,
      kind: 'version',
      title: name,
      subtitle,
      name,
      version,
    }
  })
  const serving = endpoints.flatMap((endpoint) => {
    const served = servedEntities(endpoint).filter((entity) =>
      versions.some((version) => serves(entity, version)),
    )
    return served.length > 0 ? [{ endpoint, served }] : []
  })
  return {
    columns: [
      inputs,
      [root],
      logged,
      registered,
      serving.map(({ endpoint }) => endpointNode(endpoint)),
    ].filter((column) => column.length > 0),
    edges: [
      ...inputs.map(({ id }) => [id, root.id] as const),
      ...logged.map(({ id }) => [root.id, id] as const),
      ...versions.map(
        ({ name, version, model_id }) => [originOf(models, model_id), `version:${name}:${version}`] as const,
      ),
      ...serving.flatMap(({ endpoint, served }) =>
        versions
          .filter((version) => served.some((entity) => serves(entity, version)))
          .map(({ name, version }) => [`version:${name}:${version}`, `endpoint:${endpoint.name}`] as const),
      ),
    ],
  }
}

export const servedEntities = ({ config }: ServingEndpoint): readonly ServedEntity[] =>
  config?.served_entities ?? []

/** A version comes from a logged model of the run, or from other files of the run. */
const originOf = (models: readonly LoggedModel[], modelId: string | undefined) =>
  models.some(({ info }) => info.model_id === modelId) ? `model:${modelId}` : 'run'

const serves = (entity: ServedEntity, version: ModelVersion) =>
  entity.entity_name === version.name && entity.entity_version === version.version

const endpointNode = ({ name, state }: ServingEndpoint): LineageNode => ({
  id: `endpoint:${name}`,
  kind: 'endpoint',
  title: name,
  subtitle: state?.ready ?? '',
  name,
})
