import type { UrlState } from '../app/url-state.js'

/** Reads MLflow's link to a comparison: `?name="films"&runs={"<run id>":"1","<run id>":"2"}`, whose values are JSON. */
export function comparedByLink({ name, runs }: UrlState): { name: string; versions: string } | undefined {
  try {
    const model: unknown = JSON.parse(name ?? '')
    const byRun: unknown = JSON.parse(runs ?? '')
    if (typeof model !== 'string' || typeof byRun !== 'object' || byRun === null) return undefined
    const versions = Object.values(byRun)
      .map(String)
      .filter((version) => /^\d+$/.test(version))
    return { name: model, versions: versions.slice(0, 2).join(',') }
  } catch {
    return undefined
  }
}
