import { textToList } from './url-state.js'

type Search = Readonly<Record<string, string | undefined>>

/** The ids in a list of MLflow's links, which is JSON: `["a","b"]`. */
export function idsOf(text: string | undefined): string[] {
  try {
    const list: unknown = JSON.parse(text ?? '')
    return Array.isArray(list) ? list.map(String) : []
  } catch {
    return textToList(text)
  }
}

const TAB_OF: ReadonlyMap<string, string> = new Map([
  ['model-metrics', 'curves'],
  ['system-metrics', 'system'],
  ['artifacts', 'artifacts'],
  ['artifactPath', 'artifacts'],
])

/** The tab of a run by its name in MLflow's addresses. @param path of an artifact */
export function runTab(name: string, path: string): { tab?: string; path?: string } {
  const tab = TAB_OF.get(name)
  if (!tab) return {}
  return tab === 'artifacts' && path ? { tab, path } : { tab }
}

/** The state of the runs table in MLflow's address of an experiment; undefined without any. */
export function runsTable(search: Search) {
  const { searchFilter, orderByKey, orderByAsc, lifecycleFilter, compareRunsMode } = search
  if (!(searchFilter || orderByKey || lifecycleFilter || compareRunsMode)) return undefined
  return {
    ...(searchFilter && { filter: searchFilter }),
    ...(orderByKey && {
      order: `${orderByKey.replaceAll('`', '')} ${orderByAsc === 'true' ? 'asc' : 'desc'}`,
    }),
    ...(lifecycleFilter?.toLowerCase() === 'deleted' && { deleted: 'true' }),
    ...(compareRunsMode === 'CHART' && { layout: 'both' }),
  }
}
