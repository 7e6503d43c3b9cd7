/** The path of Databricks' Files API, after which follows an absolute path such as `/Volumes/main/raw/uploads/ratings.csv`. */
export const FILES = '/api/2.0/fs/files'
export const DIRECTORIES = '/api/2.0/fs/directories'

export interface DirectoryEntry {
  readonly path: string
  readonly name: string
  readonly is_directory: boolean
  /** The number of bytes; absent for directories. */
  readonly file_size?: number
  /** Milliseconds since the epoch; absent for directories. */
  readonly last_modified?: number
}

export interface DirectoryContents {
  readonly contents: readonly DirectoryEntry[]
  readonly next_page_token?: string
}
