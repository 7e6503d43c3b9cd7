import { keyStartsWith } from './query-keys.js'

interface PreviousQuery {
  readonly queryKey: readonly unknown[]
}

/** A `placeholderData` that keeps the previous data while a search changes, but shows no data of another list. */
export const previousDataOf =
  (prefix: readonly unknown[]) =>
  <Data>(data: Data | undefined, query: PreviousQuery | undefined): Data | undefined =>
    query && keyStartsWith(query.queryKey, prefix) ? data : undefined
