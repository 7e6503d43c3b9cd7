import { invalid } from '@cairn/platform/errors'

/** A parsed `models:/` URI: a logged model, or a version of a registered model by its number, stage or alias. */
export type ModelUri =
  | { readonly model_id: string }
  | { readonly name: string; readonly version: string }
  | { readonly name: string; readonly alias: string }

/**
 * Names are not decoded, as in MLflow: they may contain a `%` or an `@`.
 *
 * @returns undefined for a URI of another scheme
 * @throws INVALID_PARAMETER_VALUE
 */
export function parseModelUri(source: string): ModelUri | undefined {
  if (!/^models:/i.test(source)) return undefined
  const [, path = ''] = /^models:\/(?!\/[^/])(.*)$/is.exec(source) ?? []
  const [name = '', version, ...rest] = path.split('/').filter(Boolean)
  if (name !== '' && version !== undefined && rest.length === 0) return { name, version }
  if (version === undefined) {
    const [, aliased, alias] = /^(.+)@([^@]+)$/s.exec(name) ?? []
    if (aliased !== undefined && alias !== undefined) return { name: aliased, alias }
    if (name.startsWith('m-')) return { model_id: name }
  }
  throw invalid(
    `Invalid model version source: '${source}'. It must be models:/<name>/<version>, models:/<name>@<alias> or models:/<model_id>.`,
  )
}
