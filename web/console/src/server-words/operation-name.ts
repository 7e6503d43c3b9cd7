import { useTranslation } from 'react-i18next'
import { KOREAN_NOUNS } from './korean-nouns.js'
import { koreanOperation } from './korean-operations.js'

/** Words that are not written in lower case. */
const PROPER = new Map(
  'ACL ACLs AI API CSV Databricks GraphQL MLflow OBO S3 SCIM SSO Unity URI URL'
    .split(' ')
    .map((word) => [word.toLowerCase(), word]),
)

/** Kinds that messages of the server name otherwise. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['invite', '초대'],
  ['metastore', '메타스토어'],
])

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Operations whose names are not English. */
const WHOLE: ReadonlyMap<string, string> = new Map([['endSessionsOf', 'End all sessions of user']])

/** `deleteRegisteredModel` is “Delete registered model”. */
function englishOperation(action: string): string {
  const whole = WHOLE.get(action)
  if (whole) return whole
  const words = action.split(/(?=[A-Z])/).map((word) => word.toLowerCase())
  return capitalized(words.map((word) => PROPER.get(word) ?? word).join(' '))
}

/** The name of an operation in a language; in Korean the operation itself if it has none. */
export const operationName = (action: string, language: string): string =>
  language === 'ko' ? (koreanOperation(action) ?? action) : englishOperation(action)

/** The name of a kind of objects: `registered_model` is “Registered model”. */
export const kindName = (type: string, language: string): string =>
  language === 'ko'
    ? (KINDS.get(type) ?? KOREAN_NOUNS.get(type.replaceAll('_', ' ')) ?? type)
    : capitalized(type.replaceAll('_', ' '))

/** The names of operations and kinds of objects in the audit log. */
export function useAuditWords() {
  const { language } = useTranslation().i18n
  return {
    operation: (action: string) => operationName(action, language),
    kind: (type: string) => kindName(type, language),
  }
}
