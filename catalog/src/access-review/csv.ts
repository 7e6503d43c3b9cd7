import type { ReviewedPrivilege } from '@cairn/platform/protocol/access-review'

/**
 * Quotes every field (RFC 4180), also for programs that separate by semicolons. A leading `=`, `+`, `-`, `@` or control
 * character is escaped, so that spreadsheets do not run it.
 */
function field(text: string): string {
  const inert = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return `"${inert.replaceAll('"', '""')}"`
}

export const csvLine = (fields: readonly string[]) => `${fields.map(field).join(',')}\r\n`

export const REASON_COLUMNS = ['privilege', 'held', 'on_type', 'on', 'holder', 'groups']

/** A line for each privilege and reason: `prefix`, then the `REASON_COLUMNS`. */
export const reasonLines = (prefix: readonly string[], privileges: readonly ReviewedPrivilege[]) =>
  privileges
    .flatMap(({ privilege, basis }) =>
      basis.map((one) =>
        csvLine([
          ...prefix,
          ...[privilege, one.by_default ? `${one.privilege} by default` : one.privilege],
          ...[one.securable_type, one.securable, one.holder],
          one.groups.join(' > '),
        ]),
      ),
    )
    .join('')
