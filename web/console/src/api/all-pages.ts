/** How a list is read to its end. */
export interface Reading {
  /** Aborted when the page is left, and by the reader. */
  readonly signal: AbortSignal
  /** Called with the number of pages after each of them. */
  readonly onPage: (pages: number) => void
}

/** Reads a list with page tokens to its end. @throws RequestError, and AbortError between pages */
export async function allPages<Page extends { readonly next_page_token?: string | null | undefined }>(
  read: (token: string | undefined) => Promise<Page>,
  reading?: Reading,
): Promise<Page[]> {
  const pages: Page[] = []
  let token: string | undefined
  do {
    reading?.signal.throwIfAborted()
    const page = await read(token)
    pages.push(page)
    reading?.onPage(pages.length)
    token = page.next_page_token || undefined
  } while (token !== undefined)
  return pages
}
