import type { ReviewedPrivilege } from '@cairn/platform/protocol/access-review'

/** Quotes a field if necessary (RFC 4180). A leading `=`, `+`, `-` or `@` is escaped, so that spreadsheets do not run it. */
function field(text: string): string {
  const inert = /^[=+\-@\t]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
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
