import { invalid } from '@cairn/platform/errors'
import { checkKey, checkKeyLength } from '@cairn/platform/mlflow/keys'
import { pythonRepr, pythonReprList } from '@cairn/platform/mlflow/python'
import { truncate } from '@cairn/platform/text/length'

const MAX_PARAM_VALUE = 6000
const MAX_TAG_VALUE = 8000

export const RUN_NAME = 'mlflow.runName'

export interface Entry {
  readonly key: string
  readonly value: string
}
/** A parameter or tag as a client sends it. */
export interface EntryInput {
  readonly key: string
  readonly value?: string
}

/** Checks the key of a parameter and truncates its value. @param path of the parameter in the request, e.g. `params[0].` */
export function toParam({ key, value = '' }: EntryInput, path = ''): Entry {
  checkKey(key, `${path}key`)
  checkKeyLength(key, 'Param key')
  return { key, value: truncate(value, MAX_PARAM_VALUE) }
}

/** Checks the key of a tag and truncates its value. */
export function toTag({ key, value = '' }: EntryInput, path = ''): Entry {
  checkKey(key, `${path}key`)
  checkKeyLength(key, `${path}key`)
  return { key, value: truncate(value, MAX_TAG_VALUE) }
}

const NON_PRINTABLE = /[\p{Cc}\p{Cs}]/u

/** A run may be created with tags of any printable key: MLflow validates only tags that are set later. */
export function toCreationTag({ key, value = '' }: EntryInput, path = ''): Entry {
  if (NON_PRINTABLE.test(key)) checkKey(key, `${path}key`)
  checkKeyLength(key, `${path}key`)
  return { key, value: truncate(value, MAX_TAG_VALUE) }
}

export interface ChangedEntry {
  readonly key: string
  readonly old_value: string
  readonly new_value: string
}

/** Formats the list as Python's `repr`. */
export const describeChanges = (changed: readonly ChangedEntry[]) =>
  `[${changed
    .map(
      (one) =>
        `{'key': ${pythonRepr(one.key)}, 'old_value': ${pythonRepr(one.old_value)}, 'new_value': ${pythonRepr(one.new_value)}}`,
    )
    .join(', ')}]`

/** @throws INVALID_PARAMETER_VALUE when a key occurs twice, even with equal values */
export function rejectDuplicateKeys(params: readonly Entry[]): void {
  const seen = new Set<string>()
  const twice = params.filter(({ key }) => seen.size === seen.add(key).size).map(({ key }) => key)
  if (twice.length > 0)
    throw invalid(
      `Duplicate parameter keys have been submitted: ${pythonReprList(twice)}. Please ensure the request contains only one param value per param key.`,
    )
}
