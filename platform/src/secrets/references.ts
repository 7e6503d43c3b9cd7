/** The name of a secret: `{{secrets/scope/key}}` in settings of tasks and endpoints. */
export interface SecretReference {
  readonly scope: string
  readonly key: string
}

const REFERENCE = /\{\{\s*secrets\/([\w.@-]{1,128})\/([\w.@-]{1,128})\s*\}\}/g

/** Returns every secret that a text refers to, once. */
export function secretReferences(text: string): SecretReference[] {
  const found = Array.from(text.matchAll(REFERENCE), ([, scope, key]) => ({ scope: scope!, key: key! }))
  return [...new Map(found.map((one) => [referenceName(one), one])).values()]
}

/** Returns a text that identifies a secret, because names have no slashes. */
export const referenceName = ({ scope, key }: SecretReference) => `${scope}/${key}`

/** Returns a text with values in place of references. @param values by `referenceName` */
export const withSecrets = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replaceAll(REFERENCE, (whole, scope: string, key: string) => values.get(`${scope}/${key}`) ?? whole)
