/** Packages of a `requirements.txt` and the versions that it wants; options, links and comments are left out. */
export function requirementsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, name, version = ''] =
        /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*((?:[=<>!~]=?=?[^;#]*)?)/.exec(line) ?? []
      return name ? [[name.toLowerCase().replaceAll(/[._]/g, '-'), version.trim() || '*'] as const] : []
    }),
  )
}
