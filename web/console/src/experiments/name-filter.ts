/** MLflow's filter language has no escapes: text with one kind of quote goes in the other kind. */
export const nameFilter = (search: string): string => {
  const quote = search.includes("'") ? '"' : "'"
  return `name ILIKE ${quote}%${search.replaceAll(quote === '"' ? '"' : "'", '')}%${quote}`
}
