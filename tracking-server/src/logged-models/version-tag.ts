/** Logged models say themselves which versions hold them: MLflow's pages read it there, a JSON list in a tag. */
export const VERSIONS_TAG = 'mlflow.modelVersions'

interface ModelVersionRef {
  readonly name: string
  /** Some clients write a text. */
  readonly version: number | string
}

/** Appends to the list what is not in it yet. */
export function withVersion(
  value: string | undefined,
  { name, version }: { readonly name: string; readonly version: number },
): string {
  const noted = listOf(value)
  const isThere = noted.some((other) => other.name === name && Number(other.version) === version)
  return spaced(isThere ? noted : [...noted, { name, version }])
}

/** Anybody may have set the tag to anything. */
function listOf(value: string | undefined): readonly ModelVersionRef[] {
  try {
    const noted: unknown = JSON.parse(value ?? '[]')
    return Array.isArray(noted) ? noted.filter(isNoted) : []
  } catch {
    return []
  }
}

const isNoted = (one: unknown): one is ModelVersionRef => {
  const { name, version } = (one ?? {}) as Partial<Record<keyof ModelVersionRef, unknown>>
  return typeof name === 'string' && /^\d+$/.test(String(version))
}

/** As Python writes it, so that clients which compare texts find it equal. */
const spaced = (noted: readonly ModelVersionRef[]) =>
  `[${noted.map(({ name, version }) => `{"name": ${JSON.stringify(name)}, "version": ${Number(version)}}`).join(', ')}]`
