/** The reasons, some with a replacement, by the beginning of the path without /api/VERSION. */
const UNSERVED: readonly (readonly [RegExp, string])[] = [
  [
    /^(clusters|instance-pools|policies|libraries|global-init-scripts)\b/,
    'Cairn has no clusters: workers run the tasks of jobs',
  ],
  [
    /^dbfs\b/,
    'Cairn has no DBFS: files are in volumes, below /Volumes/CATALOG/SCHEMA/VOLUME, and in the workspace',
  ],
  [
    /^(repos|git-credentials)\b/,
    'Cairn has no Git folders: `cairn bundle deploy` copies files to the workspace',
  ],
  [
    /^mlflow\/unity-catalog\b/,
    "Cairn does not serve this call of Unity Catalog's registry: set the registry URI of mlflow to the address of this server",
  ],
  [
    /^unity-catalog\/models\b/,
    "Cairn has no models in the catalog: they are in MLflow's registry, which mlflow and `w.model_registry` use",
  ],
  [/^unity-catalog\/functions\b/, 'Cairn has no functions in the catalog, only tables and volumes'],
  [
    /^unity-catalog\/(external-locations|storage-credentials|credentials|connections)\b/,
    'Cairn has no external locations, credentials or connections: governed data is in the store of this server',
  ],
]

/** Returns the reason why Cairn does not serve an API of Databricks, as a sentence. */
export function unservedReason(path: string): string | undefined {
  const inside = /^\/(?:ajax-)?api\/\d\.\d\/(.*)/.exec(path)?.[1]
  const found = inside !== undefined && UNSERVED.find(([pattern]) => pattern.test(inside))
  return found ? `${found[1]}.` : undefined
}
