import { ApiError, invalid } from '../errors.js'

/** `serving:NAME` admits queries of the serving endpoint NAME. */
const SCOPE = /^serving:[\w-]{1,255}$/

/** @throws INVALID_PARAMETER_VALUE for an empty list, since a token without scopes has all rights, and for an unknown scope */
export function checkScopes(scopes: readonly string[]): readonly string[] {
  if (scopes.length === 0) throw invalid("'scopes' must name at least one scope.")
  const unknown = scopes.findIndex((scope) => !SCOPE.test(scope))
  if (unknown >= 0)
    throw invalid(`'scopes[${unknown}]' is not a known scope. Supported: serving:NAME of a serving endpoint.`)
  return [...new Set(scopes)]
}

/**
 * Admits a token with scopes only where the route names one of them.
 *
 * @param template the scope that the route declares, with names of its parameters, e.g. `serving:{name}`
 * @throws PERMISSION_DENIED
 */
export function requireScope(
  scopes: readonly string[],
  template: string | undefined,
  parameters: Readonly<Record<string, string>>,
): void {
  const needed = template?.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? '')
  if (needed !== undefined && scopes.includes(needed)) return
  throw new ApiError(
    'PERMISSION_DENIED',
    needed === undefined
      ? `The token is only for ${scopes.join(', ')}, which does not include this request.`
      : `The token is only for ${scopes.join(', ')}; this request needs the scope ${needed}.`,
  )
}
