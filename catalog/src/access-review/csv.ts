import type { Reason, ReviewedPrivilege } from '@cairn/platform/protocol/cairn/access-review'

/**
 * Quotes every field (RFC 4180), so that programs that separate by semicolons can read it too. Escapes a leading `=`, `+`, `-`,
 * `@` or control character, so that spreadsheets do not run a formula.
 */
function field(text: string): string {
  const inert = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return `"${inert.replaceAll('"', '""')}"`
}

export const csvLine = (fields: readonly string[]) => `${fields.map(field).join(',')}\r\n`

export const REASON_COLUMNS = [
  ...['privilege', 'held', 'on_type', 'on', 'holder', 'groups'],
  ...['decides', 'revoke_to_end', 'expires_at'],
]

/** A line for each privilege and reason: `prefix`, then the `REASON_COLUMNS`. */
export const reasonLines = (prefix: readonly string[], privileges: readonly ReviewedPrivilege[]) =>
  privileges
    .flatMap(({ privilege, basis, others, revoke_to_end = [] }) =>
      [...basis, ...others].map((one) =>
        csvLine([
          ...prefix,
          ...[privilege, one.by_default ? `${one.privilege} by default` : one.privilege],
          ...[one.securable_type, one.securable, one.holder, one.groups.join(' > ')],
          ...[yesOrNo(basis.includes(one)), yesOrNo(revoke_to_end.some((other) => isSame(one, other)))],
          one.expires_at === undefined ? '' : new Date(one.expires_at).toISOString(),
        ]),
      ),
    )
    .join('')

const yesOrNo = (is: boolean) => (is ? 'yes' : 'no')

const isSame = (one: Reason, other: Reason) =>
  one.privilege === other.privilege &&
  one.holder === other.holder &&
  one.securable_type === other.securable_type &&
  one.securable === other.securable
