import { Refusal } from '../terminal.mjs'

const UNRELEASED = '## [Unreleased]'

/**
 * Moves the entries below `[Unreleased]` to a new section of the version.
 * @param {string} date `YYYY-MM-DD`
 * @throws Refusal when nothing is unreleased
 */
export function releaseChangelog(text, version, date) {
  const start = text.indexOf(UNRELEASED)
  if (start < 0) throw new Refusal(`CHANGELOG.md has no section ${UNRELEASED}.`)
  const next = text.indexOf('\n## ', start + UNRELEASED.length)
  const entries = text.slice(start + UNRELEASED.length, next < 0 ? undefined : next).trim()
  if (entries === '')
    throw new Refusal('CHANGELOG.md lists nothing under [Unreleased]: describe the changes first.')
  const rest = next < 0 ? '' : text.slice(next)
  return `${text.slice(0, start)}${UNRELEASED}\n\n## [${version}] - ${date}\n\n${entries}\n${rest}`
}
