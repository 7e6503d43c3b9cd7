/** Returns whether a file may be a table that plots read. */
export const isTablePath = (path: string): boolean => /\.(json|csv|tsv)$/i.test(path)
