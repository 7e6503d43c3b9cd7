import { RequestError } from '../api/http.js'

/** A securable to request access to. */
export interface AccessTarget {
  readonly type: string
  /** The name or the id by which the server finds it. */
  readonly name: string
  readonly displayName: string
  /** The missing privilege, if the server named it. */
  readonly privilege?: string
}

interface Missing {
  readonly privileges: readonly string[]
  readonly securable_type: string
  readonly securable: string
  readonly securable_id?: string
}

/** The object of a page. */
export interface PageObject {
  readonly type: string
  readonly name: string
}

/**
 * Lists the objects to request after a refusal: those that it names, else the object of the page. A hidden object is
 * answered like what does not exist.
 *
 * @param mayBeHidden whether a page that is not found may exist
 */
export function accessTargetsOf(
  error: unknown,
  page: PageObject | undefined,
  mayBeHidden: boolean,
): AccessTarget[] {
  if (!(error instanceof RequestError) || (error.status !== 403 && error.status !== 404)) return []
  if (error.status === 404 && !mayBeHidden) return []
  const missing = (error.details.missing ?? []) as readonly Missing[]
  if (error.status === 403 && missing.length > 0)
    return missing.map(({ privileges, securable_type, securable, securable_id }) => ({
      type: securable_type,
      name: securable_id ?? securable,
      displayName: securable,
      ...(privileges[0] && { privilege: privileges[0] }),
    }))
  return page ? [{ ...page, displayName: page.name }] : []
}
