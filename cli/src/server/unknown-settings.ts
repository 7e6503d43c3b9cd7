import { settings } from '@cairn/platform/config'
import { closest } from './closest.js'

/** Variables of the command, the SDK and the development server, which servers do not read. */
const OTHERS = [
  'CAIRN_SERVER',
  'CAIRN_TOKEN',
  'CAIRN_MODE',
  'CAIRN_OFFLINE_FOLDER',
  'CAIRN_URL',
  'CAIRN_CI_CACHE',
]

/** One sentence for each variable `CAIRN_…` that nothing reads, with the known one that it resembles. */
export function unknownSettings(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = settings().flatMap(([, setting]) => setting.env)
  const names = new Set([...known, ...OTHERS].filter((name) => name.startsWith('CAIRN_')))
  const isKnown = (name: string) => names.has(name) || names.has(name.replace(/_FILE$/, ''))
  return Object.keys(environment)
    .filter((name) => name.startsWith('CAIRN_') && environment[name] && !isKnown(name))
    .map((name) => {
      const meant = closest(name, names)
      return `${name} is not a setting and is ignored${meant ? `; did you mean ${meant}?` : '.'}`
    })
}
