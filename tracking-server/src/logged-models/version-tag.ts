/** Tag of a logged model that lists the versions registered from it, as JSON. MLflow's pages read it. */
export const VERSIONS_TAG = 'mlflow.modelVersions'

interface ModelVersionRef {
  readonly name: string
  /** Some clients write a string. */
  readonly version: number | string
}

/** Appends a version to the list unless it contains it. */
export function addVersion(
  value: string | undefined,
  { name, version }: { readonly name: string; readonly version: number },
): string {
  const versions = listOf(value)
  const isListed = versions.some((other) => other.name === name && Number(other.version) === version)
  return toPythonJson(isListed ? versions : [...versions, { name, version }])
}

/** Clients may have set the tag to any value. */
function listOf(value: string | undefined): readonly ModelVersionRef[] {
  try {
    const versions: unknown = JSON.parse(value ?? '[]')
    return Array.isArray(versions) ? versions.filter(isVersionRef) : []
  } catch {
    return []
  }
}

const isVersionRef = (one: unknown): one is ModelVersionRef => {
  const { name, version } = (one ?? {}) as Partial<Record<keyof ModelVersionRef, unknown>>
  return typeof name === 'string' && /^\d+$/.test(String(version))
}

/** Serializes like Python, because clients compare the text. */
const toPythonJson = (versions: readonly ModelVersionRef[]) =>
  `[${versions.map(({ name, version }) => `{"name": ${JSON.stringify(name)}, "version": ${Number(version)}}`).join(', ')}]`
