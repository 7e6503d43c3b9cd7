const BASE = 'http://server.invalid'

/** The path to which a browser returns after it signed in; `fallback` for anything that may lead to another site. */
export function returnPath(path: string | undefined, fallback: string): string {
  if (!path?.startsWith('/') || !URL.canParse(path, BASE)) return fallback
  const { origin, pathname, search, hash } = new URL(path, BASE)
  // `/.//evil.org` is normalized to `//evil.org`, which browsers read as a host.
  return origin === BASE && !pathname.startsWith('//') ? pathname + search + hash : fallback
}
