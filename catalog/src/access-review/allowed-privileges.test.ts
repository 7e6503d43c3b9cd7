import type { Grant, SecurableChain } from '@cairn/platform/auth/decide'
import { METASTORE } from '@cairn/platform/auth/metastore'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { expect, test } from 'vitest'
import { allowedPrivileges, withoutHidden } from './allowed-privileges.js'

const CHAIN: SecurableChain = [{ type: 'experiment', id: '1', name: '/e', owner: 'somebody' }, ...METASTORE]
const READ = 'READ EXPERIMENTS'

const onObject = (principal_id: string, privilege: Privilege = READ): Grant => ({
  ...{ principal_id, privilege, securable_type: 'experiment', securable_id: '1' },
})
const everywhere = (principal_id: string): Grant => ({
  ...{ principal_id, privilege: READ, securable_type: 'metastore', securable_id: 'metastore' },
})

function reading(groups: readonly string[], grants: readonly Grant[], byDefault = false) {
  const identities = new Set(['ada', ...groups])
  const defaults = byDefault ? { experiment: [READ] as const } : {}
  const all = allowedPrivileges({ identities, chain: CHAIN, grants, defaults })
  return all.find(({ privilege }) => privilege === READ)!
}
const holders = (bases: readonly { readonly principal_id: string }[] | undefined) =>
  bases?.map(({ principal_id }) => principal_id)

test('all grants of a requirement have to be revoked', () => {
  const found = reading(['near', 'far'], [onObject('near'), everywhere('far')])
  expect([holders(found.basis), holders(found.others), holders(found.toEnd)]).toEqual([
    ['near'],
    ['far'],
    ['near', 'far'],
  ])
})

test('revoking a direct grant does not end a privilege that the default then gives', () => {
  expect(reading([], [onObject('ada')], true).toEnd).toBeUndefined()
  expect(holders(reading([], [onObject('ada')]).toEnd)).toEqual(['ada'])
})

test('grants to groups whose members are hidden are counted only', () => {
  const found = reading(['near', 'far'], [onObject('near'), everywhere('far')])
  const shown = withoutHidden(found, (holder) => holder !== 'far')
  expect([holders(shown.basis), shown.others, shown.othersLeftOut, shown.toEnd]).toEqual([
    ...[['near'], [], 1, undefined],
  ])
  expect(withoutHidden(found, () => true)).toEqual(found)
})

test('further grants than twenty are counted only, and are too many to name', () => {
  const groups = Array.from({ length: 30 }, (_, i) => `g${i}`)
  const found = reading(groups, groups.map(everywhere))
  expect([found.others.length, found.othersLeftOut, found.toEnd]).toEqual([20, 9, undefined])
})
