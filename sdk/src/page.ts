/** Yields the items of all pages by following `next_page_token`. An empty string and null both end the list. */
export async function* pages<T>(
  fetchPage: (
    pageToken: string | undefined,
  ) => Promise<{ items: readonly T[]; next: string | null | undefined }>,
): AsyncGenerator<T> {
  let token: string | undefined
  do {
    const { items, next } = await fetchPage(token)
    yield* items
    token = next || undefined
  } while (token !== undefined)
}
