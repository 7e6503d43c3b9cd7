/** Logged models say themselves which versions hold them: MLflow's pages read it there, a JSON list in a tag. */
export const VERSIONS_TAG = 'mlflow.modelVersions'

interface Noted {
  readonly name: string
  readonly version: number
}

/** Appends to the list what is not in it yet. */
export function withVersion(value: string | undefined, { name, version }: Noted): string {
  const noted = listOf(value)
  const isNoted = noted.some((other) => other.name === name && Number(other.version) === version)
  return spaced(isNoted ? noted : [...noted, { name, version }])
}

/** Anybody may have set the tag to anything. */
function listOf(value: string | undefined): readonly Noted[] {
  try {
    const noted: unknown = JSON.parse(value ?? '[]')
    return Array.isArray(noted) ? noted.filter((one) => typeof one?.name === 'string') : []
  } catch {
    return []
  }
}

/** As Python writes it, so that clients which compare texts find it equal. */
const spaced = (noted: readonly Noted[]) =>
  `[${noted.map(({ name, version }) => `{"name": ${JSON.stringify(name)}, "version": ${version}}`).join(', ')}]`
