import { ApiError, invalid } from '../errors.js'

/**
 * Scopes of tokens besides `serving:NAME`, which admits queries of the serving endpoint NAME. `read` admits requests that
 * change nothing, `worker` the requests of `cairn worker`, and each of the others all requests to one service.
 */
const SCOPES = ['read', 'tracking', 'registry', 'catalog', 'jobs', 'workspace', 'worker'] as const
export type ServiceScope = Exclude<(typeof SCOPES)[number], 'read' | 'worker'>

const SERVING = /^serving:[\w-]{1,255}$/

/** @throws INVALID_PARAMETER_VALUE for an empty list, since a token without scopes has all rights, and for an unknown scope */
export function checkScopes(scopes: readonly string[]): readonly string[] {
  if (scopes.length === 0) throw invalid("'scopes' must name at least one scope.")
  const isKnown = (scope: string) => SERVING.test(scope) || (SCOPES as readonly string[]).includes(scope)
  const unknown = scopes.findIndex((scope) => !isKnown(scope))
  if (unknown >= 0)
    throw invalid(
      `'scopes[${unknown}]' is not a known scope. Supported: ${SCOPES.join(', ')}, and serving:NAME of a serving endpoint.`,
    )
  return [...new Set(scopes)]
}

/** The scope that a route declares. */
export interface RouteScope {
  readonly method: string
  /** The service that the route belongs to. */
  readonly service?: ServiceScope | undefined
  /**
   * `serving:{name}` with names of parameters, or several scopes with `or` between; `any` for every token; `none` for tokens
   * without scopes only: creating tokens, changing identities or grants, and writing jobs, whose tasks have all rights of a
   * principal, would give a token more than its scopes.
   */
  readonly template?: string | undefined
  /** True if the operation only reads, although its method is POST. */
  readonly reads?: boolean | undefined
  readonly parameters: Readonly<Record<string, string>>
}

/** Admits a token with scopes only where one of them includes the route. @throws PERMISSION_DENIED */
export function requireScope(scopes: readonly string[], route: RouteScope): void {
  const needed = scopesFor(route)
  if (needed === 'any' || needed.some((scope) => scopes.includes(scope))) return
  throw new ApiError(
    'PERMISSION_DENIED',
    needed.length === 0
      ? `The token is only for ${scopes.join(', ')}, which does not include this request.`
      : `The token is only for ${scopes.join(', ')}; this request needs the scope ${needed.join(' or ')}.`,
  )
}

/** Returns the scopes of which one suffices. */
function scopesFor({ method, service, template, reads, parameters }: RouteScope): 'any' | string[] {
  if (template === 'any') return 'any'
  if (template === 'none') return []
  if (template)
    return template
      .split(' or ')
      .map((scope) => scope.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? ''))
  const isRead = method === 'GET' || method === 'HEAD' || reads === true
  return [...(isRead ? ['read'] : []), ...(service ? [service] : [])]
}
