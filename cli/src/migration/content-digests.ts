import { createHash } from 'node:crypto'
import type { ImportedLoggedModel, ImportedModel } from '@cairn/platform/protocol/cairn/imports'
import { canonicalNumber } from '@cairn/platform/protocol/cairn/run-digest'

/** A digest of a JSON value that does not depend on the order of its fields. */
export const digestOf = (kind: string, value: unknown) =>
  createHash('sha256')
    .update(`${kind} ${JSON.stringify(sorted(value))}`)
    .digest('hex')
    .slice(0, 32)

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]),
  )
}

type Pairs = readonly { readonly key: string; readonly value?: string }[]

/** Covers what a migration preserves. Points count once, because file stores contain duplicates. */
export function loggedModelDigest(model: ImportedLoggedModel): string {
  const { model_id, name, status, creation_timestamp_ms, model_type = '', source_run_id = '' } = model
  const metrics = (model.metrics ?? []).map(
    ({ key, value, timestamp, step = 0, run_id, dataset_name = '', dataset_digest = '' }) =>
      [key, canonicalNumber(value), timestamp, step, run_id, dataset_name, dataset_digest].join(' '),
  )
  const contents = {
    metrics: [...new Set(metrics)].sort(),
    params: sortedPairs(model.params),
    tags: sortedPairs(model.tags),
  }
  return digestOf('logged model', {
    ...{ model_id, name, status, creation_timestamp_ms, model_type, source_run_id },
    ...contents,
  })
}

/** Covers what a migration preserves, without deleted versions: servers do not return them. */
export function registeredModelDigest(model: ImportedModel): string {
  const versions = visibleVersions(model).map((row) => {
    const { version, creation_timestamp, last_updated_timestamp, current_stage, source, run_id } = row
    const { description = '', run_link = '', user_id = '' } = row
    return {
      ...{ version, creation_timestamp, last_updated_timestamp, current_stage, source, run_id },
      ...{ description, run_link, user_id },
      tags: sortedPairs(row.tags),
    }
  })
  const { name, creation_timestamp, last_updated_timestamp, description = '' } = model
  const aliases = (model.aliases ?? []).map(({ alias, version }) => `${alias} ${version}`).sort()
  return digestOf('registered model', {
    ...{ name, creation_timestamp, last_updated_timestamp, description },
    ...{ aliases, versions, tags: sortedPairs(model.tags) },
  })
}

export const visibleVersions = ({ versions = [] }: ImportedModel) =>
  versions.filter(({ current_stage }) => current_stage !== 'Deleted_Internal')

const sortedPairs = (pairs: Pairs = []) =>
  pairs.map(({ key, value = '' }) => JSON.stringify([key, value])).sort()
