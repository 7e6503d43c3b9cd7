import type { ConfigInput, ServingEndpoint } from '../api/endpoints.js'

/** A served entity in the form. */
export interface DraftEntity {
  readonly key: number
  readonly model: string
  /** A version number, or `@alias`; empty until it is chosen. */
  readonly version: string
  /** Empty: the default name. */
  readonly name: string
  /** Percent of the traffic, as typed. */
  readonly percent: string
  readonly scaleToZero: boolean
  readonly workload?: { readonly workload_size: string; readonly workload_type: string }
}

const EMPTY = { model: '', version: '', name: '', percent: '0', scaleToZero: false }

/** All traffic to one entity. */
export const newDraft = (entity: Partial<Pick<DraftEntity, 'model' | 'version'>> = {}): DraftEntity[] => [
  { ...EMPTY, ...entity, key: 0, percent: '100' },
]

/** The active configuration as a draft; the pending one if none is active yet. Default names stay default. */
export function draftOf({ config, pending_config }: ServingEndpoint): DraftEntity[] {
  const { served_entities = [], traffic_config } = config ?? pending_config ?? {}
  if (served_entities.length === 0) return newDraft()
  return served_entities.map((entity, key) => {
    const { name, entity_name, entity_alias, entity_version, workload_size, workload_type } = entity
    const route = traffic_config?.routes.find(({ served_model_name }) => served_model_name === name)
    const draft = {
      key,
      model: entity_name,
      version: entity_alias ? `@${entity_alias}` : entity_version,
      name: '',
      percent: String(route?.traffic_percentage ?? 0),
      scaleToZero: entity.scale_to_zero_enabled,
      workload: { workload_size, workload_type },
    }
    return nameOf(draft) === name ? draft : { ...draft, name }
  })
}

/** A new entity receives no traffic, so that the sum does not change. */
export const addEntity = (entities: readonly DraftEntity[]): DraftEntity[] => [
  ...entities,
  { ...EMPTY, key: Math.max(...entities.map(({ key }) => key)) + 1, model: entities.at(-1)?.model ?? '' },
]

/** The first of the others receives the traffic of the removed entity. */
export function removeEntity(entities: readonly DraftEntity[], key: number): DraftEntity[] {
  const removed = percentOf(entities.find((entity) => entity.key === key)!)
  return entities
    .filter((entity) => entity.key !== key)
    .map((entity, index) =>
      index === 0 && removed > 0 && percentOf(entity) >= 0
        ? { ...entity, percent: String(percentOf(entity) + removed) }
        : entity,
    )
}

/** Gives each entity the same share; the first gets the remainder. */
export function splitEvenly(entities: readonly DraftEntity[]): DraftEntity[] {
  const share = Math.floor(100 / entities.length)
  const first = 100 - share * (entities.length - 1)
  return entities.map((entity, index) => ({ ...entity, percent: String(index === 0 ? first : share) }))
}

/** NaN unless it is an integer from 0 to 100. */
export function percentOf({ percent }: DraftEntity): number {
  const value = /^\d{1,3}$/.test(percent.trim()) ? Number(percent) : Number.NaN
  return value <= 100 ? value : Number.NaN
}

/** NaN if one of the percentages is not valid. */
export const sumOf = (entities: readonly DraftEntity[]): number =>
  entities.reduce((sum, entity) => sum + percentOf(entity), 0)

/** The default is the one of the server. */
export const nameOf = ({ name, model, version }: DraftEntity): string =>
  name.trim() || (model && version ? `${model}-${version.replace('@', '')}`.replaceAll(/[^\w-]/g, '_') : '')

export const configOf = (entities: readonly DraftEntity[]) =>
  ({
    served_entities: entities.map((entity) => ({
      name: nameOf(entity),
      entity_name: entity.model.trim(),
      entity_version: entity.version,
      scale_to_zero_enabled: entity.scaleToZero,
      ...entity.workload,
    })),
    traffic_config: {
      routes: entities.map((entity) => ({
        served_entity_name: nameOf(entity),
        traffic_percentage: percentOf(entity),
      })),
    },
  }) satisfies ConfigInput
export type DraftConfig = ReturnType<typeof configOf>
