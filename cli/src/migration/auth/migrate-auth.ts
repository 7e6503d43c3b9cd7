import { ApiError } from '@cairn/platform/errors'
import { ImportRole, ImportUser } from '@cairn/platform/protocol/cairn/imports'
import { ListMlflowUsers } from '@cairn/platform/protocol/mlflow/auth'
import type { Target } from '../../copying/target/target.js'
import { digestOf } from '../content-digests.js'
import type { Ledger } from '../ledger.js'
import type { Check } from '../verify.js'
import type { SourcePeople, SourcePermission, SourceRole, SourceUser } from './read-auth.js'

interface AuthMigration {
  readonly target: Target
  readonly ledger: Ledger
  readonly people: SourcePeople
}

/** The results of the migration of users, for the report. */
export interface AuthReport {
  readonly checks: readonly Check[]
  /** One sentence for each part that was left out. */
  readonly leftOut: readonly string[]
}

/** Copies users and roles that are not in the ledger, or changed since. Experiments must have been migrated before. */
export async function migrateAuth({ target, ledger, people }: AuthMigration): Promise<AuthReport> {
  const leftOut = [...people.leftOut]
  for (const user of people.users) leftOut.push(...(await migrateUser(target, ledger, user)))
  for (const role of people.roles) leftOut.push(...(await migrateRole(target, ledger, role)))
  const { users } = await target.call(ListMlflowUsers, {})
  const here = new Map(users.map((one) => [one.username, one]))
  const present = people.users.filter(({ name }) => here.has(name))
  const differ = people.users.filter(({ name, is_admin }) => {
    const found = here.get(name)
    return !found || (is_admin && !found.is_admin)
  })
  for (const { id, kind } of ledger.seen('user'))
    if (differ.some(({ name }) => name === id)) ledger.forget(ledger.find(kind, id)!)
  return {
    leftOut,
    checks: [
      { what: 'users', source: people.users.length, here: present.length, differ: differ.length },
      ...(people.roles.length > 0 ? [countOf('roles', ledger.seen('role').length, people.roles.length)] : []),
      countOf('permissions', ...importedPermissions(ledger, people)),
    ],
  }
}

const countOf = (what: string, here: number, source: number): Check => ({ what, source, here, differ: 0 })

/** Permissions that were left out are counted in neither number. */
function importedPermissions(ledger: Ledger, { users, roles }: SourcePeople): [number, number] {
  const entries = [...ledger.seen('user'), ...ledger.seen('role')]
  const here = entries.reduce((sum, { permissions }) => sum + permissions, 0)
  const skipped = entries.reduce((sum, { left_out }) => sum + left_out, 0)
  const all = [...users, ...roles].reduce((sum, { permissions }) => sum + permissions.length, 0)
  return [here, all - skipped]
}

async function migrateUser(target: Target, ledger: Ledger, user: SourceUser): Promise<readonly string[]> {
  const { name, password_hash, is_admin } = user
  const known = ledger.find('user', name)
  const { permissions, absent } = located(ledger, name, user.permissions)
  const password = digestOf('password', password_hash)
  const digest = digestOf('user', { password, is_admin, permissions })
  if (known?.digest === digest) return [...absent, ...known.notes]
  try {
    const { left_out } = await target.call(ImportUser, {
      ...{ name, password_hash, permissions },
      ...(known && known.password !== password && { replace_password: true }),
      ...((is_admin || known?.is_admin) && { is_admin }),
    })
    ledger.put({
      ...{ kind: 'user', id: name, digest, password, is_admin, notes: left_out },
      ...counts(user.permissions, permissions, left_out),
    })
    return [...absent, ...left_out]
  } catch (error) {
    return [...absent, refusal(`User '${name}'`, error)]
  }
}

async function migrateRole(target: Target, ledger: Ledger, role: SourceRole): Promise<readonly string[]> {
  const { name, users } = role
  const known = ledger.find('role', name)
  const { permissions, absent } = located(ledger, name, role.permissions)
  const digest = digestOf('role', { ...role, permissions })
  if (known?.digest === digest) return [...absent, ...known.notes]
  try {
    const description = role.description === undefined ? {} : { description: role.description }
    const { left_out } = await target.call(ImportRole, {
      name,
      ...description,
      users: [...users],
      permissions,
    })
    ledger.put({
      ...{ kind: 'role', id: name, digest, notes: left_out },
      ...counts(role.permissions, permissions, left_out),
    })
    return [...absent, ...left_out]
  } catch (error) {
    return [...absent, refusal(`Role '${name}'`, error)]
  }
}

/** Each sentence of the server about a permission names its object. */
function counts(all: readonly unknown[], sent: readonly SourcePermission[], notes: readonly string[]) {
  const refused = sent.filter(({ resource_type, resource_id }) =>
    notes.some((note) => note.includes(` on ${resource_type} '${resource_id}': `)),
  ).length
  return { permissions: sent.length - refused, left_out: all.length - sent.length + refused }
}

/** A name that this server does not accept must not stop the migration of the others. */
function refusal(what: string, error: unknown): string {
  if (!(error instanceof ApiError) || error.statusCode >= 500 || error.code === 'PERMISSION_DENIED')
    throw error
  return `${what}: ${error.message}`
}

/** With the ids that experiments have on the target. */
function located(ledger: Ledger, holder: string, all: readonly SourcePermission[]) {
  const idOf = new Map(ledger.list('experiment').map(({ id, to }) => [id, to]))
  const isHere = ({ resource_type, resource_id }: SourcePermission) =>
    resource_type !== 'experiment' || resource_id === '*' || idOf.has(resource_id)
  const permissions = all
    .filter(isHere)
    .map((one) =>
      one.resource_type === 'experiment' ? { ...one, resource_id: idOf.get(one.resource_id) ?? '*' } : one,
    )
  const absent = all
    .filter((one) => !isHere(one))
    .map(
      ({ permission, resource_id }) =>
        `${permission} of '${holder}' on experiment '${resource_id}': the experiment was not migrated.`,
    )
  return { permissions, absent }
}
