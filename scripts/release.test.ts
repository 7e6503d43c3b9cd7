import { expect, test } from 'vitest'
import { releaseChangelog } from './release/changelog.mjs'
import { nextVersion, withVersion } from './release/version.mjs'

test.each([
  ['patch', '1.2.4'],
  ['minor', '1.3.0'],
  ['major', '2.0.0'],
  ['1.2.10', '1.2.10'],
])('the release %s of 1.2.3 is %s', (wanted, version) => {
  expect(nextVersion('1.2.3', wanted)).toBe(version)
})

test.each(['1.2.3', '1.1.9', '0.9.0'])('rejects %s after 1.2.3', (wanted) => {
  expect(() => nextVersion('1.2.3', wanted)).toThrow(`${wanted} is not newer than 1.2.3.`)
})

test('rejects a release that is not a version', () => {
  expect(() => nextVersion('1.2.3', 'next')).toThrow('Name the release: major, minor, patch')
})

test('sets the version of a package and of the workspace packages that it depends on', () => {
  const manifest = {
    name: '@cairn/cli',
    version: '1.0.0',
    dependencies: { '@cairn/sdk': '1.0.0', yaml: '2.9.1' },
  }
  expect(withVersion(manifest, '1.1.0')).toEqual({
    name: '@cairn/cli',
    version: '1.1.0',
    dependencies: { '@cairn/sdk': '1.1.0', yaml: '2.9.1' },
  })
})

test('moves unreleased entries of the changelog below the version', () => {
  const before = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- B\n\n## [1.0.0] - 2026-01-01\n\n- A\n'
  expect(releaseChangelog(before, '1.1.0', '2026-02-01')).toBe(
    '# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2026-02-01\n\n### Added\n\n- B\n\n## [1.0.0] - 2026-01-01\n\n- A\n',
  )
})

test('rejects a release without entries in the changelog', () => {
  expect(() => releaseChangelog('# Changelog\n\n## [Unreleased]\n', '1.1.0', '2026-02-01')).toThrow(
    'lists nothing under [Unreleased]',
  )
})
