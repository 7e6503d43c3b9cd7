import { readFileSync } from 'node:fs'
import { invalid } from '../errors.js'

export interface UnprivilegedUser {
  readonly uid: number
  readonly gid: number
}

/**
 * Finds the user for processes of models. Undefined if this process does not run as root, and so cannot change users.
 *
 * @param name the name or the number of the user
 * @throws INVALID_PARAMETER_VALUE for an unknown user
 */
export function unprivilegedUser(name: string): UnprivilegedUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const entry = entries.find(([user, , uid]) => user === name || uid === name)
  if (entry) return { uid: Number(entry[2]), gid: Number(entry[3]) }
  if (/^\d+$/.test(name)) return { uid: Number(name), gid: Number(name) }
  throw invalid(
    `User '${name}', who is to run Python models, does not exist: name another in CAIRN_PYTHON_USER.`,
  )
}
