const BASE = 'http://server.invalid'

/** Returns the path to which a browser returns after sign-in; `fallback` if the path may lead to another site. */
export function returnPath(path: string | undefined, fallback: string): string {
  if (!path?.startsWith('/') || !URL.canParse(path, BASE)) return fallback
  const { origin, pathname, search, hash } = new URL(path, BASE)
  // `/.//evil.org` is normalized to `//evil.org`, which browsers read as a host.
  return origin === BASE && !pathname.startsWith('//') ? pathname + search + hash : fallback
}
