const MLFLOW = '/api/2.0/mlflow/'
/** The path that MLflow calls after `mlflow.set_registry_uri('databricks-uc')`. */
export const UNITY_CATALOG_REGISTRY = `${MLFLOW}unity-catalog/`

/** The calls that differ from those of MLflow's registry only in their path. */
const SHARED = new Set([
  ...['create', 'delete', 'get', 'search', 'alias', 'set-tag', 'delete-tag'].map(
    (call) => `registered-models/${call}`,
  ),
  ...['create', 'update', 'delete', 'get', 'search', 'get-download-uri', 'set-tag', 'delete-tag'].map(
    (call) => `model-versions/${call}`,
  ),
])

/** Removes doubled leading slashes, which some clients of MLflow send and Flask accepts. */
export const withOneSlash = (url: string) => url.replace(/^\/{2,}/, '/')

/** Returns the URL of the same call in MLflow's registry, so that its rights and limits apply. Keeps other URLs. */
export function registryUrl(url: string): string {
  if (!url.startsWith(UNITY_CATALOG_REGISTRY)) return url
  const call = url.slice(UNITY_CATALOG_REGISTRY.length)
  return SHARED.has(call.split('?', 1)[0]!) ? `${MLFLOW}${call}` : url
}
