import { parseRequirements } from '../artifacts/requirements.js'

/** Packages of a `requirements.txt` with their version specifiers; options, links and comments are skipped. */
export const requirementsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    parseRequirements(text).flatMap(({ name, versions }) => {
      const [, bare] = /^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?$/.exec(name) ?? []
      if (!bare) return []
      const wanted = /^[=<>!~]/.test(versions) ? versions : '*'
      return [[bare.toLowerCase().replaceAll(/[._]/g, '-'), wanted] as const]
    }),
  )
