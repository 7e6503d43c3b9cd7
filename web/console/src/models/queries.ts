import { queryOptions } from '@tanstack/react-query'
import { evaluateGate, getModel, listAliasMoves, listPromotions, searchVersions } from '../api/models.js'
import { queryKeys } from '../api/query-keys.js'
import { getVersionFile } from '../api/version-files.js'

export const modelQuery = (name: string) =>
  queryOptions({ queryKey: queryKeys.model(name), queryFn: ({ signal }) => getModel(name, signal) })

export const versionsQuery = (name: string) =>
  queryOptions({
    queryKey: queryKeys.versions(name),
    queryFn: ({ signal }) => searchVersions(nameEquals(name), signal),
  })

/** The filter language has no escapes, so a name with a single quote goes in double quotes. */
const nameEquals = (name: string) => (name.includes("'") ? `name="${name}"` : `name='${name}'`)

export const aliasMovesQuery = (name: string) =>
  queryOptions({
    queryKey: queryKeys.aliasMoves(name),
    queryFn: ({ signal }) => listAliasMoves(name, signal),
  })

export const promotionsQuery = (name: string) =>
  queryOptions({
    queryKey: queryKeys.promotions(name),
    queryFn: ({ signal }) => listPromotions(name, signal),
    retry: false,
  })

export const gateQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: queryKeys.gate(name, version),
    queryFn: ({ signal }) => evaluateGate(name, version, signal),
    retry: false,
  })

/** The MLmodel file of a version. */
export const modelFileQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: queryKeys.versionFile(name, version, 'MLmodel'),
    queryFn: async ({ signal }) => {
      const [text, { parseModel }] = await Promise.all([
        getVersionFile(name, version, 'MLmodel', signal),
        import('../artifacts/mlmodel.js'),
      ])
      return parseModel(text)
    },
    retry: false,
  })

/** From the model, because searching versions does not return aliases. */
export const aliasesOf = (aliases: readonly { alias: string; version: string }[], version: string) =>
  aliases.filter((alias) => alias.version === version).map(({ alias }) => alias)
