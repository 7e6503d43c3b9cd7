/** Reads a list with page tokens to its end. @throws RequestError, and AbortError between pages */
export async function allPages<Page extends { readonly next_page_token?: string | null | undefined }>(
  read: (token: string | undefined) => Promise<Page>,
  signal?: AbortSignal,
): Promise<Page[]> {
  const pages: Page[] = []
  let token: string | undefined
  do {
    signal?.throwIfAborted()
    const page = await read(token)
    pages.push(page)
    token = page.next_page_token || undefined
  } while (token !== undefined)
  return pages
}
