import { createHash } from 'node:crypto'
import type { ImportedLoggedModel, ImportedModel } from '@cairn/platform/protocol/imports'
import { canonical } from '@cairn/platform/protocol/run-digest'

/** Of anything that is JSON, whatever the order of its fields. */
export const digestOf = (kind: string, value: unknown) =>
  createHash('sha256')
    .update(`${kind} ${JSON.stringify(sorted(value))}`)
    .digest('hex')
    .slice(0, 32)

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]),
  )
}

type Pairs = readonly { readonly key: string; readonly value?: string }[]

/** What of a logged model is the same wherever it is: file stores keep a point as often as it was logged. */
export function loggedModelDigest(model: ImportedLoggedModel): string {
  const { model_id, name, status, creation_timestamp_ms, model_type = '', source_run_id = '' } = model
  const metrics = (model.metrics ?? []).map(
    ({ key, value, timestamp, step = 0, run_id, dataset_name = '', dataset_digest = '' }) =>
      [key, canonical(value), timestamp, step, run_id, dataset_name, dataset_digest].join(' '),
  )
  const parts = {
    metrics: [...new Set(metrics)].sort(),
    params: inOrder(model.params),
    tags: inOrder(model.tags),
  }
  return digestOf('logged model', {
    ...{ model_id, name, status, creation_timestamp_ms, model_type, source_run_id },
    ...parts,
  })
}

/** What of a registered model is the same wherever it is; of deleted versions there is nothing to be seen. */
export function registeredModelDigest(model: ImportedModel): string {
  const versions = seen(model).map((one) => {
    const { version, creation_timestamp, last_updated_timestamp, current_stage, source, run_id } = one
    const { description = '', run_link = '', user_id = '' } = one
    return {
      ...{ version, creation_timestamp, last_updated_timestamp, current_stage, source, run_id },
      ...{ description, run_link, user_id },
      tags: inOrder(one.tags),
    }
  })
  const { name, creation_timestamp, last_updated_timestamp, description = '' } = model
  const aliases = (model.aliases ?? []).map(({ alias, version }) => `${alias} ${version}`).sort()
  return digestOf('registered model', {
    ...{ name, creation_timestamp, last_updated_timestamp, description },
    ...{ aliases, versions, tags: inOrder(model.tags) },
  })
}

export const seen = ({ versions = [] }: ImportedModel) =>
  versions.filter(({ current_stage }) => current_stage !== 'Deleted_Internal')

const inOrder = (pairs: Pairs = []) => pairs.map(({ key, value = '' }) => JSON.stringify([key, value])).sort()
