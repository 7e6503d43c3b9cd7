/** A parsed `runs:/` URI: a folder among the artifacts of a run, or one of its logged models. */
export interface RunUri {
  readonly run_id: string
  readonly path: string
}

/** @returns undefined for a URI of another form */
export function parseRunUri(source: string): RunUri | undefined {
  const [, run_id, path] = /^runs:\/+([^/]+)\/+(.*[^/])\/*$/is.exec(source) ?? []
  return run_id === undefined || path === undefined ? undefined : { run_id, path }
}
