export interface Requirement {
  readonly name: string
  /** Versions as in the file; empty for any. */
  readonly versions: string
  /** The condition after `;`. */
  readonly condition: string
}

const LINE = /^([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*([^;#]*?)\s*(?:;\s*(.*?))?\s*(?:\s#.*)?$/

/** The packages of pip's requirements. Options, paths and URLs are listed as they are. */
export function parseRequirements(text: string): Requirement[] {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, extras = '', versions = '', condition = ''] = LINE.exec(line) ?? []
      return name === undefined
        ? { name: line, versions: '', condition: '' }
        : { name: name + extras, versions, condition }
    })
}
