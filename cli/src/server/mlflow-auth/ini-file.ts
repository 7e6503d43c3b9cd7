import { invalid } from '@cairn/platform/errors'

/**
 * Reads one section of a file of Python's configparser: `key = value` or `key: value`, `#` and `;` begin comment lines only,
 * `%%` is a percent sign. Libraries for ini files cut passwords at `;` and `#`.
 *
 * @returns the values by key in lower case; undefined without the section
 * @throws INVALID_PARAMETER_VALUE for lines that configparser rejects
 */
export function readIniSection(text: string, wanted: string): ReadonlyMap<string, string> | undefined {
  let section: string | undefined
  let found: Map<string, string> | undefined
  for (const [at, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (/^\s*([#;]|$)/.test(line)) continue
    const header = /^\s*\[([^\]]+)\]\s*$/.exec(line)
    section = header?.[1] ?? section
    if (section !== wanted) continue
    found ??= new Map()
    if (!header) addEntry(found, line, `Line ${at + 1}`)
  }
  return found
}

function addEntry(entries: Map<string, string>, line: string, where: string): void {
  const [, key, value] = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? []
  if (!key || value === undefined) throw invalid(`${where} is not 'key = value'.`)
  const name = key.toLowerCase()
  if (entries.has(name)) throw invalid(`${where} repeats '${name}'.`)
  entries.set(name, unescaped(value, `${where}: the value of '${name}'`))
}

function unescaped(value: string, what: string): string {
  if (/%(?!%)/.test(value.replaceAll('%%', '')))
    throw invalid(`${what} has a single '%': write '%%' for a percent sign. References are not supported.`)
  return value.replaceAll('%%', '%')
}
