/** The page to show after sign-in: a path of the console that is not itself a page before sign-in. */
export const returnTo = (path: string | undefined): string =>
  path?.startsWith('/') && !path.startsWith('//') && !isBeforeSignIn(path) ? path : '/'

/** Pages that work without signing in. */
export const isBeforeSignIn = (path: string) => /^\/(sign-in|join)([/?]|$)/.test(path)

/** The address at which single sign-on starts, and which leads back to the page. */
export function ssoUrl(path: string, page: string): string {
  const { pathname } = window.location
  return `${path}?${new URLSearchParams({ return_to: `${pathname}#${page}` })}`
}
