import type { Report } from '../api/reports.js'

type Saved = Pick<Report, 'experiment_ids' | 'shared' | 'may_manage'>

/**
 * The experiments to save with a report, whose readers may read it. While a block is invalid or its experiment is not found, earlier
 * ones are kept; a shared report keeps its last ones, because a report without experiments is readable by everyone.
 *
 * @param found the ids of the experiments that blocks name; undefined for ids that do not exist
 * @returns undefined to leave them as they are
 */
export function experimentsToSave(
  { experiment_ids, shared, may_manage }: Saved,
  found: readonly (string | undefined)[],
  isComplete: boolean,
): string[] | undefined {
  if (shared && !may_manage) return undefined
  const known = found.filter((id) => id !== undefined)
  const isSure = isComplete && known.length === found.length
  const ids = [...new Set(isSure ? known : [...experiment_ids, ...known])]
  return shared && ids.length === 0 ? undefined : ids
}
