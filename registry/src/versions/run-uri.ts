/** A parsed `runs:/` URI: a folder among the artifacts of a run, or one of its logged models. */
export interface RunUri {
  readonly run_id: string
  readonly path: string
}

/** @returns undefined for a URI of another form */
export function parseRunUri(source: string): RunUri | undefined {
  if (!/^runs:\//i.test(source)) return undefined
  const [run_id, ...path] = source.slice('runs:/'.length).split('/').filter(Boolean)
  return run_id === undefined || path.length === 0 ? undefined : { run_id, path: path.join('/') }
}
