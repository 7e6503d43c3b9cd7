interface Page {
  readonly next_page_token?: string | null
}

/** Options of an infinite query over a list with page tokens; an empty token asks for the first page. */
export const PAGE_TOKENS = {
  initialPageParam: '',
  getNextPageParam: (page: Page) => page.next_page_token || undefined,
}
