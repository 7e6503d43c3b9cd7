const PAGE = 100

/** The query of a page of a list with a search; an empty token asks for the first page. */
export const pageOf = (search: string, page_token: string) => ({
  max_results: PAGE,
  ...(search && { search }),
  ...(page_token && { page_token }),
})
